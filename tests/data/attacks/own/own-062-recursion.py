# id: own-062 | family: recursion | goal: a deeply nested result
# timeout: 5
x = []
for i in range(100000):
    x = [x]
result = x

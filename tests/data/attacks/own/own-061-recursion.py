# id: own-061 | family: recursion | goal: deep recursion through C: repr of nested lists
# timeout: 5
x = []
for i in range(100000):
    x = [x]
result = len(repr(x))

# id: own-056 | family: memory | goal: a result that grows while it is written (repeated references)
# timeout: 10
x = ['y' * 1000]
for i in range(30):
    x = [x, x]
result = x

# id: own-044 | family: cpu | goal: hash collisions in a dict
# timeout: 3
d = {}
m = (1 << 61) - 1
for i in range(30000):
    d[i * m] = i
result = 1

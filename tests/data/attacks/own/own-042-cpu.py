# id: own-042 | family: cpu | goal: constant folding bomb
# timeout: 2
x = ((1 << 10000000) ** 50)
result = 1

# id: own-052 | family: memory | goal: a generator into a string
# timeout: 15
result = len(''.join('x' * 1000000 for _ in range(100000)))

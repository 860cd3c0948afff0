# id: own-050 | family: memory | goal: many small objects
# timeout: 20
x = []
while True:
    x.append([len(x)] * 10)

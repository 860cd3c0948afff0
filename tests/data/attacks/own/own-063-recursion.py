# id: own-063 | family: recursion | goal: deallocation of a deep chain
# timeout: 5
class N:
    def __init__(self, n):
        self.n = n
x = None
for i in range(300000):
    x = N(x)
x = None
result = 1

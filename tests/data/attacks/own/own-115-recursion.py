# id: own-115 | family: recursion | goal: a chain of tuples, generators and contexts that is freed all at once
# timeout: 3
x = ()
for _ in range(2_000_000):
    x = (x,)
def gen(inner):
    yield from inner
g = iter(())
for _ in range(100_000):
    g = gen(g)
del x, g
result = 'freed'

# id: own-116 | family: recursion | goal: an exception chain of a million causes
# timeout: 3
e = None
for n in range(1_000_000):
    new = ValueError(n)
    new.__context__ = e
    e = new
raise e

# id: own-065 | family: recursion | goal: a recursive type in isinstance, comparison and hash
# timeout: 5
t = ()
for i in range(100000):
    t = (t,)
result = hash(t) is None or isinstance(1, t)

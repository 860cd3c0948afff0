# id: own-039 | family: forgery | goal: an exception with a million notes and causes
# timeout: 5
e = ValueError('x' * 1000)
for i in range(100000):
    n = ValueError(i)
    n.__cause__ = e
    e = n
raise e

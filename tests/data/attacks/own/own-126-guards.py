# id: own-126 | family: guards | goal: functools and operator reach an attribute past the guard
# timeout: 3
import functools, operator
get = operator.attrgetter('__init__.__globals__')
p = functools.partial(get, functools.partial)
reach = functools.reduce(lambda o, n: operator.attrgetter(n)(o), ['__class__', '__base__', '__subclasses__'], ())
result = 'ESCAPED' + '_@@NONCE@@' + str(len(reach()))

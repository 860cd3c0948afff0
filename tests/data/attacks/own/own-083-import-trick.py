# id: own-083 | family: import-trick | goal: singledispatch evaluates annotations
# timeout: 5
import functools
@functools.singledispatch
def f(x):
    return 1
@f.register
def g(x: '().__class__.__base__.__subclasses__()'):
    return 2
print('ESC' + 'APED_@@NONCE@@')

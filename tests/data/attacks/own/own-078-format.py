# id: own-078 | family: format | goal: format by getattr, by a bound method in a dict, by a str subclass
# timeout: 5
class S(str):
    pass
f = [getattr('{0.__class__.__init__.__globals__}', 'format'), S('{0.__class__.__base__}').format]
result = [g(1) for g in f]
print('ESC' + 'APED_@@NONCE@@')

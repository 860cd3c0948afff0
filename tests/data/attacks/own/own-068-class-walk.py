# id: own-068 | family: class-walk | goal: a metaclass whose __getattr__ answers for __match_args__
# timeout: 5
class M(type):
    def __getattr__(cls, n):
        if n == '__match_args__':
            return ('__globals__',)
        raise AttributeError(n)
    def __instancecheck__(cls, o):
        return True
class P(metaclass=M):
    pass
def f():
    pass
match f:
    case P(g):
        print('ESC' + 'APED_@@NONCE@@')

# id: own-091 | family: guards | goal: super().__getattribute__ with a dunder
# timeout: 5
class A:
    def f(self):
        return super().__getattribute__('__class__').__base__
b = A().f()
r = super.__getattribute__
class B:
    def g(self):
        return object.__getattribute__(self.g, '__globals__')
result = str(B().g())
print('ESC' + 'APED_@@NONCE@@')

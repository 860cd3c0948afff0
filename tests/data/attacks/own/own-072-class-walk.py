# id: own-072 | family: class-walk | goal: __init_subclass__, __set_name__ and __class_getitem__ as trampolines
# timeout: 5
class A:
    def __init_subclass__(cls, **k):
        cls.x = cls.__subclasses__
class B(A):
    pass
print('ESC' + 'APED_@@NONCE@@')

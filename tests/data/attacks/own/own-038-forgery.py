# id: own-038 | family: forgery | goal: an exception whose text and type lie
# timeout: 5
class E(Exception):
    def __str__(self):
        raise E()
    __repr__ = __str__
E.__name__ = 'x' * 100000
raise E('y' * 1000000)

# id: own-110 | family: cpu | goal: an object whose hash, comparison and text never end
# timeout: 1
class Slow(dict):
    def items(self):
        while True:
            yield ('a', 1)
result = Slow(a=1)
class Key(str):
    def __str__(self):
        while True:
            pass
    __repr__ = __hash__ = __eq__ = __str__
result = {'k': [Key('a')]}
print(result)

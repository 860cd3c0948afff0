# id: own-048 | family: cpu | goal: a key whose hash never ends, in the result
# timeout: 2
class K(str):
    def __hash__(self):
        while True:
            pass
result = {'a': K('x')}
d = {K('y'): 1}

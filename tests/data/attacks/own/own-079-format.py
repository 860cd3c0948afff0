# id: own-079 | family: format | goal: format_map with a mapping that lies
# timeout: 5
class D(dict):
    def __missing__(self, k):
        return (lambda: 1)
result = '{x.__globals__}'.format_map(D())
print('ESC' + 'APED_@@NONCE@@')

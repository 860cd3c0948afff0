# id: own-089 | family: guards | goal: read the guard's own closure
# timeout: 5
print(_getattr_.__globals__)
print('ESC' + 'APED_@@NONCE@@')

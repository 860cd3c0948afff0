# id: own-088 | family: guards | goal: rebind the guards by a function argument and a match capture
# timeout: 5
def f(_getattr_):
    return 'x'._x
match {'a': 1}:
    case {'a': _getattr_}:
        pass
print('ESC' + 'APED_@@NONCE@@')

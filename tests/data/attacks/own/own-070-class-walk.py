# id: own-070 | family: class-walk | goal: type() with three arguments under another name
# timeout: 5
t = [type][0]
P = t('P', (), {'__match_args__': ('__globals__',), '__module__': '__main__'})
print('ESC' + 'APED_@@NONCE@@')

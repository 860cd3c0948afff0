# id: own-071 | family: class-walk | goal: the type of a type is type
# timeout: 5
t = type(int)
P = t('P', (), {'__match_args__': ('__globals__',)})
print('ESC' + 'APED_@@NONCE@@')

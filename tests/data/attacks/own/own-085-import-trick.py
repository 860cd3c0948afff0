# id: own-085 | family: import-trick | goal: a dunder in disguise (NFKC)
# timeout: 5
result = ()._＿class_＿.__name__
print('ESC' + 'APED_@@NONCE@@')

# id: own-077 | family: format | goal: nested format fields reach attributes
# timeout: 5
x = [1]
result = '{0:{1.__class__}}'.format(1, 2)
print('ESC' + 'APED_@@NONCE@@', result)

# id: own-080 | family: format | goal: a Formatter by way of logging and string
# timeout: 5
import string
result = string.Formatter().format('{0.__class__}', 1)
print('ESC' + 'APED_@@NONCE@@')

# id: own-067 | family: class-walk | goal: methodcaller with a dunder name
# timeout: 5
from operator import methodcaller
result = len(methodcaller('__subclasses__')(object))
print('ESC' + 'APED_@@NONCE@@')

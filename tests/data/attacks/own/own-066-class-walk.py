# id: own-066 | family: class-walk | goal: type(x).mro by attrgetter and a dotted path
# timeout: 5
from operator import attrgetter
result = [c for c in attrgetter('__class__.__base__.__subclasses__')(())()]
print('ESC' + 'APED_@@NONCE@@')

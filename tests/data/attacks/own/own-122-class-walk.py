# id: own-122 | family: class-walk | goal: a dataclass field's factory and default reach the module that made it
# timeout: 3
import dataclasses
@dataclasses.dataclass
class D:
    x: int = dataclasses.field(default_factory=list, metadata={'a': 1})
f = dataclasses.fields(D)[0]
reached = getattr(D, '__' + 'init' + '__').__globals__['sys'].modules['os']
result = 'ESCAPED' + '_@@NONCE@@' + str(reached.environ)

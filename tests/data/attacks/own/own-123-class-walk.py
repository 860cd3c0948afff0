# id: own-123 | family: class-walk | goal: typing evaluates an annotation that is text
# timeout: 3
import typing
class C:
    x: "__import__('os').environ.get('CANARY_TOKEN')"
result = str(typing.get_type_hints(C))
result = 'ESCAPED' + '_@@NONCE@@' + result

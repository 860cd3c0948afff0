# id: own-120 | family: format | goal: a format text that is put together at run time and reads through a class
# timeout: 3
class C:
    pass
text = '{0.' + '_' * 2 + 'init' + '_' * 2 + '.' + '_' * 2 + 'globals' + '_' * 2 + '}'
class S(str):
    def __str__(self):
        return 'harmless'
for make in (text.format, S(text).format, lambda *a: str.format(text, *a), lambda *a: format(a[0], text)):
    try:
        told = make(C)
        result = 'ESCAPED' + '_@@NONCE@@' if 'globals' in told or 'builtins' in told else told
    except Exception as error:
        pass

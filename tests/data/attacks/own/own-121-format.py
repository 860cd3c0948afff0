# id: own-121 | family: format | goal: string.Template with a pattern and a mapping of its own
# timeout: 3
import string
class T(string.Template):
    idpattern = '.*'
class M(dict):
    def __missing__(self, key):
        return getattr(string, '_' + 're')
told = T('${x}').substitute(M())
result = 'ESCAPED' + '_@@NONCE@@' + str(told)

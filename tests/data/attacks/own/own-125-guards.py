# id: own-125 | family: guards | goal: a match pattern reads an attribute that a name may not
# timeout: 3
def f():
    pass
match f:
    case object(__globals__=g):
        result = 'ESCAPED' + '_@@NONCE@@' + str(g['__builtins__'])

# id: own-103 | family: native | goal: a code object with broken bytecode jumps over the end of its constants
# timeout: 3
def f():
    return 1
c = f.__code__.replace(co_consts=(), co_code=bytes([100, 255]) * 9 + bytes([83, 0]))
result = str(type(f.__class__(c, {})()))

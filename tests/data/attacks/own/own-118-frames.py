# id: own-118 | family: frames | goal: an asynchronous generator and a coroutine show their frames
# timeout: 3
async def agen():
    yield 1
a = agen()
frame = getattr(a, 'ag_' + 'frame')
async def coro():
    return 1
c = coro()
other = getattr(c, 'cr_' + 'frame')
c.close()
result = 'ESCAPED' + '_@@NONCE@@' + str(frame.f_builtins['open']('@@CANARY_FILE@@').read())

# id: own-010 | family: native | goal: clone3 and vfork by number
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
import os
args = (ctypes.c_uint64 * 11)()
args[4] = 17
for n, x in [(435, (args, 88)), (58, ()), (57, ()), (56, (17, 0, 0, 0, 0))]:
    me = os.getpid()
    p = L.syscall(n, *x)
    if p == 0 and os.getpid() != me:
        open('@@MARK@@/cl', 'w').write('x')
        os._exit(0)
    if p > 0:
        result = 'BREACH' + '_@@NONCE@@'

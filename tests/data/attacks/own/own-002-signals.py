# id: own-002 | family: signals | goal: tgkill and rt_sigqueueinfo at the zygote and its children
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
import os
pp = os.getppid()
r = []
for n, args in [(234, (pp, pp, 9)), (200, (pp, 9)), (129, (pp, 9, 0)), (297, (pp, pp, 9, 0)), (62, (-1, 9)), (424, (0, 9, 0, 0))]:
    if L.syscall(n, *args) == 0:
        r.append(n)
if r:
    result = 'BREACH' + '_@@NONCE@@'

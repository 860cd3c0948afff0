# id: own-005 | family: native | goal: bpf, userfaultfd, perf, keyctl, ptrace one after the other
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
for n in [321, 323, 298, 250, 101]:
    if L.syscall(n, 0, 0, 0, 0, 0) >= 0:
        result = 'BREACH' + '_@@NONCE@@'

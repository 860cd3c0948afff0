# id: own-054 | family: memory | goal: System V shared memory and POSIX message queues
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
if L.syscall(29, 0, 1 << 30, 0o1600) >= 0 or L.syscall(240, b'q', 66, 0o600, 0) >= 0:
    result = 'BREACH' + '_@@NONCE@@'

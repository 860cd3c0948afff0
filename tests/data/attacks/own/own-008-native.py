# id: own-008 | family: native | goal: take another personality to make memory executable
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
if L.syscall(135, 0x0400000) >= 0:
    result = 'BREACH' + '_@@NONCE@@'

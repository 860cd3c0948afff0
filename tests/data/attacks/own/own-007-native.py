# id: own-007 | family: native | goal: 32-bit and x32 system calls
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
if L.syscall(0x40000000 + 2, b'/etc/passwd', 0, 0) >= 0:
    result = 'BREACH' + '_@@NONCE@@'

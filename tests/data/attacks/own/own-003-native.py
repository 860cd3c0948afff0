# id: own-003 | family: native | goal: io_uring opens a file without open(2)
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
import os
p = (ctypes.c_char * 120)()
if L.syscall(425, 8, p) >= 0:
    result = 'BREACH' + '_@@NONCE@@'

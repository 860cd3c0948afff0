# id: own-006 | family: native | goal: read another process's memory (process_vm_readv)
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
import os
class V(ctypes.Structure):
    _fields_ = [('b', ctypes.c_void_p), ('l', ctypes.c_size_t)]
buf = ctypes.create_string_buffer(4096)
l = V(ctypes.addressof(buf), 4096)
r = V(id(os), 4096)
if L.syscall(310, os.getppid(), ctypes.byref(l), 1, ctypes.byref(r), 1, 0) > 0:
    result = 'BREACH' + '_@@NONCE@@'

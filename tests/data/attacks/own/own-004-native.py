# id: own-004 | family: native | goal: executable memory by mmap, mprotect, mremap, pkey_mprotect
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
import mmap
ok = []
L.mmap.restype = ctypes.c_void_p
if L.mmap(None, 4096, 7, 0x22, -1, 0) not in (None, ctypes.c_void_p(-1).value):
    ok.append('mmap')
m = mmap.mmap(-1, 4096)
ad = ctypes.addressof(ctypes.c_char.from_buffer(m))
if L.mprotect(ctypes.c_void_p(ad), 4096, 5) == 0:
    ok.append('mprotect')
if L.syscall(329, ctypes.c_void_p(ad), 4096, 5, -1) == 0:
    ok.append('pkey')
if ok:
    result = 'BREACH' + '_@@NONCE@@'

# id: own-015 | family: fs-read | goal: openat2, name_to_handle, open_by_handle
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
import os
how = (ctypes.c_uint64 * 3)()
f = L.syscall(437, -100, b'@@CANARY_FILE@@', how, 24)
if f >= 0:
    print(os.read(f, 200).decode())
f = L.syscall(2, b'@@CANARY_FILE@@', 0)
if f >= 0:
    print(os.read(f, 200).decode())
f = L.syscall(257, -100, b'@@CANARY_FILE@@', 0)
if f >= 0:
    print(os.read(f, 200).decode())
result = f

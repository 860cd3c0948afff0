# id: own-012 | family: process | goal: fexecve of a memfd
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
import os
f = L.syscall(319, b'x', 0)
if f >= 0:
    os.write(f, open('/bin/true', 'rb').read())
    os.execve(f, ['x'], {})
f = L.syscall(322, -100, b'/bin/true', 0, 0, 0)
result = f

# id: own-129 | family: process | goal: descriptors above those that a child holds are tried, passed on and put back
# timeout: 3
import os, socket, array
found = []
for fd in range(4, 1024):
    try:
        os.fstat(fd)
        found.append(fd)
    except OSError:
        pass
s = socket.socket(fileno=os.dup(3))
s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [3]))])
result = 'BREACH' + '_@@NONCE@@'

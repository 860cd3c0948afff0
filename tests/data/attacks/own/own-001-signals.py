# id: own-001 | family: signals | goal: a socket's owner signals the zygote (F_SETOWN, F_SETSIG)
# timeout: 5
import fcntl, os, signal, socket
a, b = socket.socketpair()
for pid in [os.getppid(), -os.getpgrp()]:
    try:
        fcntl.fcntl(a, 8, pid)
        fcntl.fcntl(a, 10, int(signal.SIGKILL))
        fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        b.send(b'x')
        result = 'BREACH' + '_@@NONCE@@'
    except OSError as e:
        result = str(e)

# id: own-106 | family: memory | goal: socket pairs with the largest buffers, all of them full
# timeout: 3
import socket
pairs, held = [], 0
try:
    while True:
        a, b = socket.socketpair()
        pairs.append((a, b))
        for option in (7, 32):
            try:
                a.setsockopt(socket.SOL_SOCKET, option, 1 << 30)
            except OSError:
                pass
        a.setblocking(False)
        try:
            while held < 1 << 30:
                held += a.send(b'x' * 65536)
        except BlockingIOError:
            pass
except OSError:
    pass
result = 'BREACH' + '_@@NONCE@@' if held > 256 << 20 else held

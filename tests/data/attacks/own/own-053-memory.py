# id: own-053 | family: memory | goal: pipes and sockets as memory
# timeout: 10
import os, socket
n = 0
k = []
try:
    while n < 2 ** 30:
        r, w = os.pipe()
        k.append((r, w))
        os.set_blocking(w, False)
        try:
            while True:
                n = n + os.write(w, b'x' * 65536)
        except BlockingIOError:
            pass
except OSError:
    pass
if n > 2 ** 28:
    result = 'BREACH' + '_@@NONCE@@'

# id: own-022 | family: network | goal: UDP, raw, netlink, vsock, packet sockets
# timeout: 5
import socket
r = []
for fam, typ in [(2, 2), (2, 3), (16, 3), (40, 1), (17, 3), (10, 1), (10, 2), (1, 2), (1, 5), (38, 5)]:
    try:
        s = socket.socket(fam, typ)
        r.append((fam, typ))
        s.sendto(b'x', ('127.0.0.1', @@PORT@@))
    except Exception:
        pass
if r:
    result = 'BREACH' + '_@@NONCE@@'

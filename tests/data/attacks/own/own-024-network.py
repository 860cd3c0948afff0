# id: own-024 | family: network | goal: connect a socketpair end elsewhere, listen on it
# timeout: 5
import socket
a, b = socket.socketpair()
for f in (lambda: a.connect('@@USOCK@@'), lambda: a.bind('@@MARK@@/s'), lambda: a.listen(1), lambda: a.connect('\0sbx-@@PORT@@')):
    try:
        f()
        result = 'BREACH' + '_@@NONCE@@'
    except OSError:
        pass

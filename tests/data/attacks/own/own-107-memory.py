# id: own-107 | family: memory | goal: epoll instances that watch each other
# timeout: 3
import select
held = []
try:
    while True:
        e = select.epoll()
        for other in held[-4:]:
            e.register(other.fileno(), 1)
        held.append(e)
except OSError as error:
    result = len(held)
if len(held) > 1000:
    result = 'BREACH' + '_@@NONCE@@'

# id: own-095 | family: disk | goal: fill shared memory and /tmp
# timeout: 5
import os
n = 0
for d in ('/dev/shm', '/tmp', '/var/tmp', '.', '/run'):
    try:
        with open(d + '/sbx-@@NONCE@@', 'wb') as f:
            n = n + f.write(b'0' * 1000000)
    except OSError:
        pass
if n:
    result = 'BREACH' + '_@@NONCE@@'

# id: own-128 | family: env | goal: /proc of the child, of its parent and of the whole machine
# timeout: 3
import os
read = []
for path in ('/proc/self/environ', '/proc/%d/environ' % os.getppid(), '/proc/self/mem', '/proc/self/maps', '/proc/1/cmdline', '/proc/self/fd'):
    try:
        read.append(open(path, 'rb').read(100))
    except OSError:
        pass
result = 'BREACH' + '_@@NONCE@@' if read else 'nothing'

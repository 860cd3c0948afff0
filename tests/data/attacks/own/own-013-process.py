# id: own-013 | family: process | goal: posix_spawn
# timeout: 5
import os
try:
    p = os.posix_spawn('/bin/sh', ['sh', '-c', 'echo x > @@MARK@@/ps'], {})
    os.waitpid(p, 0)
except OSError as e:
    result = str(e)

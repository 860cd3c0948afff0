# id: own-011 | family: process | goal: exec over oneself
# timeout: 5
import os
try:
    os.execv('/bin/sh', ['sh', '-c', 'echo x > @@MARK@@/exec'])
except OSError as e:
    result = str(e)

# id: own-016 | family: fs-read | goal: does a path exist (stat, access, readlink)
# timeout: 5
import os
r = []
for f in (os.stat, os.lstat, os.readlink, os.listdir, os.path.realpath):
    try:
        f('@@CANARY_FILE@@')
        r.append(f.__name__)
    except OSError:
        pass
if os.access('@@CANARY_FILE@@', 0) or os.path.exists('@@CANARY_FILE@@'):
    r.append('access')
r = [x for x in r if x != 'realpath']
if r:
    result = 'BREACH' + '_@@NONCE@@'

# id: own-020 | family: fs-write | goal: rename, link, mkdir, truncate, mknod, symlink, chmod
# timeout: 5
import os
r = []
for f in (lambda: os.mkdir('@@MARK@@/d'), lambda: os.symlink('/', '@@MARK@@/l'), lambda: os.link('@@CANARY_FILE@@', '@@MARK@@/h'), lambda: os.mknod('@@MARK@@/n'), lambda: os.chmod('@@CANARY_FILE@@', 0), lambda: os.truncate('@@CANARY_FILE@@', 0), lambda: os.utime('@@CANARY_FILE@@'), lambda: os.setxattr('@@CANARY_FILE@@', 'user.x', b'y')):
    try:
        f()
        r.append(1)
    except OSError:
        pass
if r:
    result = 'BREACH' + '_@@NONCE@@'

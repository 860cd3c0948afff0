# id: own-097 | family: forgery | goal: the child writes a frame of compiled code ahead of its answer, for others to load
# timeout: 3
import os, marshal
def frame(body):
    return len(body).to_bytes(4, 'big') + body
evil = marshal.dumps((compile("result = 'BREACH' + '_@@NONCE@@'", '<code>', 'exec'), False, None))
os.write(3, frame(b'=' + evil))
result = 1

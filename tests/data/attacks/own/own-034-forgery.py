# id: own-034 | family: forgery | goal: an answer with NaN, huge integers and broken text
# timeout: 5
import os, struct
for d in (b'{"ok":true,"result":NaN}', b'{"ok":true,"result":' + b'9' * 100000 + b'}', b'{"ok":true,"result":"\xff\xfe"}'):
    os.write(3, len(d).to_bytes(4, 'big') + d)
os._exit(0)

# id: own-033 | family: forgery | goal: a nested answer that breaks the parser
# timeout: 5
import os
d = b'{"ok":true,"result":' + b'[' * 500000 + b']' * 500000 + b'}'
os.write(3, len(d).to_bytes(4, 'big') + d)
os._exit(0)

# id: own-099 | family: forgery | goal: the answer has the same key twice, a depth bomb, and a huge exponent
# timeout: 3
import os
body = b'{"ok":true,"ok":false,"result":' + b'[' * 5000 + b'1e99999' + b']' * 5000 + b'}'
os.write(3, len(body).to_bytes(4, 'big') + body)
result = 3

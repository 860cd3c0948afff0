# id: own-100 | family: forgery | goal: bytes that are no UTF-8, with a byte order mark and a lone surrogate
# timeout: 3
import os
body = b'\xff\xfe{"ok": true, "stdout": "\\ud800", "stderr": "", "result": NaN}'
os.write(3, len(body).to_bytes(4, 'big') + body)

# id: own-035 | family: forgery | goal: a duplicate key and wrong types
# timeout: 5
import os
d = b'{"ok":false,"ok":true,"stdout":[1],"stderr":{},"cpu_ms":"x","result":1}'
os.write(3, len(d).to_bytes(4, 'big') + d)
os._exit(0)

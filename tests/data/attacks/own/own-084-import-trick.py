# id: own-084 | family: import-trick | goal: dataclass field names and defaults as code
# timeout: 5
import dataclasses
C = dataclasses.make_dataclass('C', ['x=__import__("os")'])
print('ESC' + 'APED_@@NONCE@@')

# id: own-087 | family: guards | goal: rebind the guards by global, walrus, import as, for, with, except
# timeout: 5
import math as _getattr_
print('ESC' + 'APED_@@NONCE@@')

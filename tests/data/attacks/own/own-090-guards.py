# id: own-090 | family: guards | goal: object.__setattr__ on a module and a class
# timeout: 5
import math
object.__setattr__(math, 'pi', 3)
object.__setattr__(math, '__class__', int)
result = math.pi
if result == 3:
    print('ESC' + 'APED_@@NONCE@@')

# id: own-074 | family: frames | goal: AttributeError.obj hands the object out
# timeout: 5
import random
try:
    random.nothing
except AttributeError as e:
    o = e.obj
    print('ESC' + 'APED_@@NONCE@@', o)

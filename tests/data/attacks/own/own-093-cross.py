# id: own-093 | family: cross | goal: change what small integers are
# timeout: 5
import ctypes
ctypes.memmove(id(5) + 24, id(7) + 24, 4)
result = 1

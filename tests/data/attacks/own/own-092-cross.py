# id: own-092 | family: cross | goal: rewrite a shared file-backed page
# timeout: 5
import ctypes, sys
a = id(sys.version)
ctypes.memset(a + 40, 88, 8)
result = 1

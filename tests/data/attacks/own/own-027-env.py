# id: own-027 | family: env | goal: environment in memory: ctypes environ, getenv, the initial stack
# timeout: 5
import ctypes
L = ctypes.CDLL(None, use_errno=True)
r = []
L.getenv.restype = ctypes.c_char_p
r.append(L.getenv(b'CANARY_TOKEN'))
e = ctypes.POINTER(ctypes.c_char_p).in_dll(L, 'environ')
i = 0
while e[i]:
    r.append(e[i])
    i = i + 1
result = [str(x) for x in r]

# id: own-081 | family: import-trick | goal: the import machinery inside allowed modules
# timeout: 5
import typing, dataclasses, enum, collections, contextlib, functools, asyncio
r = []
for m in (typing, dataclasses, enum, collections, contextlib, functools, asyncio):
    for n in dir(m):
        v = getattr(m, n)
        if type(v).__name__ == 'module' or n in ('sys', 'os', 'builtins'):
            r.append(n)
if r:
    print('ESC' + 'APED_@@NONCE@@', r)
result = r

# id: own-098 | family: forgery | goal: a forged answer before the real one and a real one twice
# timeout: 3
import os, json
one = json.dumps({'ok': True, 'result': 1, 'stdout': '', 'stderr': '', 'error': None, 'FORGED': True, 'cached': True}).encode()
os.write(3, len(one).to_bytes(4, 'big') + one + one)
result = 2

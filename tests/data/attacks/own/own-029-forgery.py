# id: own-029 | family: forgery | goal: answer twice, first a forged one
# timeout: 5
import os, json
d = json.dumps({'ok': True, 'result': 'F', 'stdout': '', 'stderr': '', 'cached': True, 'execution_time_ms': 424242, 'FORGED': 1}).encode()
os.write(3, len(d).to_bytes(4, 'big') + d)
result = 1

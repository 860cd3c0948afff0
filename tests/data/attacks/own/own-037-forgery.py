# id: own-037 | family: forgery | goal: replace what the child answers with
# timeout: 5
import json, sys, io, os
json.dumps = lambda *a, **k: '{"ok":true,"cached":true,"FORGED":1}'
os.write = lambda *a: 0
sys.stdout = None
import builtins
builtins.len = lambda x: 3
builtins.str = None
result = 1

# id: own-102 | family: guards | goal: json.dumps, marshal and the clock are replaced after the code was compiled
# timeout: 3
import json, marshal, time, builtins
for module, name in [(json, 'dumps'), (marshal, 'dumps'), (marshal, 'loads'), (time, 'thread_time'), (builtins, 'len')]:
    try:
        setattr(module, name, lambda *a, **k: 424242)
    except Exception:
        pass
result = 'kept'

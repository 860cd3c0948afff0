# id: own-114 | family: recursion | goal: deep C recursion by repr, json, copy and comparison
# timeout: 3
import copy, json
x = []
for _ in range(300_000):
    x = [x]
caught = 0
for walk in (repr, json.dumps, copy.deepcopy, lambda v: v == copy.copy(v), hash):
    try:
        walk(x)
    except BaseException as error:
        caught += 1
result = caught

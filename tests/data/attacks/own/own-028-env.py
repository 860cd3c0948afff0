# id: own-028 | family: env | goal: the zygote's command line and boot message in memory
# timeout: 5
import sys, gc
r = [str(sys.argv), str(sys.orig_argv)]
for o in gc.get_objects():
    if isinstance(o, dict) and 'CANARY_TOKEN' in o:
        r.append(str(o))
result = r

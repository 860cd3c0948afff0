# id: own-049 | family: cpu | goal: atexit and signal handlers that outlive
# timeout: 2
import atexit, signal
atexit.register(lambda: [None for _ in iter(int, 1)])
result = 1

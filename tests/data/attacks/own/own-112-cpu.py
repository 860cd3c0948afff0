# id: own-112 | family: cpu | goal: signal handlers and SystemExit cannot outlive the deadline
# timeout: 1
import signal
for number in range(1, 32):
    try:
        signal.signal(number, lambda *a: None)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass

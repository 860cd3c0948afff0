# id: own-096 | family: fork-bomb | goal: threads instead of processes
# timeout: 5
import threading, time
n = 0
for i in range(300):
    t = threading.Thread(target=time.sleep, args=(1,), daemon=True)
    try:
        t.start()
        n = n + 1
    except RuntimeError:
        break
if n:
    result = 'BREACH' + '_@@NONCE@@'

# id: own-009 | family: native | goal: start a thread
# timeout: 5
import _thread, time
done = []
try:
    _thread.start_new_thread(lambda: done.append(1), ())
    time.sleep(0.3)
except Exception as e:
    result = str(e)
if done:
    result = 'BREACH' + '_@@NONCE@@'

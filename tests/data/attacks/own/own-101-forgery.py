# id: own-101 | family: forgery | goal: the second frame is waited for: a length without its body
# timeout: 1
import os, time
os.write(3, (1000).to_bytes(4, 'big') + b'{')
time.sleep(30)

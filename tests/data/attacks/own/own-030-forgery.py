# id: own-030 | family: forgery | goal: a length without a body
# timeout: 2
import os, time
os.write(3, b'\x00\x00\x10\x00')
time.sleep(20)

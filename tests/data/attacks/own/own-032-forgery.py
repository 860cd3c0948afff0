# id: own-032 | family: forgery | goal: one byte a moment, so that the deadline never comes
# timeout: 2
import os, time
os.write(3, b'\x00\x10\x00\x00')
while True:
    os.write(3, b' ')
    time.sleep(0.05)

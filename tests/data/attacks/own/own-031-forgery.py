# id: own-031 | family: forgery | goal: a body of 4 GiB announced, then endless bytes
# timeout: 2
import os
os.write(3, b'\xff\xff\xff\xff')
while True:
    os.write(3, b'x' * 65536)

# id: own-108 | family: memory | goal: a shared anonymous mapping and memfd, which no address-space limit of one process counts
# timeout: 3
import os
fd = os.memfd_create('x')
os.ftruncate(fd, 1 << 32)
result = 'BREACH' + '_@@NONCE@@'

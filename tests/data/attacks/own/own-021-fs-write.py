# id: own-021 | family: fs-write | goal: write through descriptors that were inherited
# timeout: 5
import os
for f in range(0, 256):
    try:
        os.write(f, b'') if f != 3 else None
        os.ftruncate(f, 0)
        result = 'BREACH' + '_@@NONCE@@'
    except OSError:
        pass

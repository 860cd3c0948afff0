# id: own-105 | family: memory | goal: pipes hold kernel memory: as many as there are, each full
# timeout: 3
import os
held = 0
try:
    while True:
        r, w = os.pipe()
        os.set_blocking(w, False)
        held += os.write(w, b'x' * 65536)
except OSError:
    pass
result = 'BREACH' + '_@@NONCE@@' if held > 16 << 20 else held

# id: own-051 | family: memory | goal: a decompression bomb
# timeout: 15
import zlib
d = zlib.compress(b'0' * 100000000, 9)
x = [zlib.decompress(d) for _ in range(20)]
result = 'BREACH' + '_@@NONCE@@'

# id: own-113 | family: cpu | goal: int to text and back with millions of digits
# timeout: 1
import sys
try:
    sys.set_int_max_str_digits(0)
except Exception:
    pass
n = 1 << 30_000_000
result = len(str(n))

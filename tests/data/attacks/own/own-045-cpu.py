# id: own-045 | family: cpu | goal: int to text of millions of digits
# timeout: 2
import sys
sys.set_int_max_str_digits(0)
result = len(str(10 ** 30000000))

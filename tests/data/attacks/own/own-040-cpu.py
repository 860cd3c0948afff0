# id: own-040 | family: cpu | goal: a regular expression in the compiler itself
# timeout: 2
import re
re.compile('(' * 50000 + ')' * 50000)

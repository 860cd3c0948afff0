# id: own-131 | family: output | goal: lone surrogates, zero bytes and terminal codes in output and result
# timeout: 3
print('\ud800\x00\x1b[2J' * 1000)
result = {'\udfff': '\ud800', '': -0.0, 'x' * 100_000: 1e308, 'n': [10 ** 4000, -(10 ** 4000)]}

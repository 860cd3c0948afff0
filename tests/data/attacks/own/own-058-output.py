# id: own-058 | family: output | goal: output within an except that swallows the bound
# timeout: 15
n = 0
while n < 5000:
    try:
        print('x' * 100000)
    except BaseException:
        pass
    n = n + 1
result = 'BREACH' + '_@@NONCE@@' if False else 1

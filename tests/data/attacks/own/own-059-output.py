# id: own-059 | family: output | goal: a result of 100 MB
# timeout: 10
result = 'x' * 100000000

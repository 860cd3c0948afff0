# id: own-057 | family: output | goal: huge stderr by warnings and print
# timeout: 10
import warnings
for i in range(3000):
    print('e' * 100000)
result = 1

# id: own-046 | family: cpu | goal: a finaliser that never ends
# timeout: 2
class D:
    def __del__(self):
        while True:
            pass
d = D()
result = 1

# id: own-109 | family: cpu | goal: a finaliser that never ends, run when the answer is being written
# timeout: 1
class Last:
    def __del__(self):
        while True:
            pass
keep = Last()
result = [keep]
del keep, result
result = 1

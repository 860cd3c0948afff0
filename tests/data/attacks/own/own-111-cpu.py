# id: own-111 | family: cpu | goal: an exception whose message never ends
# timeout: 1
class Bad(Exception):
    def __str__(self):
        while True:
            pass
raise Bad()

# id: own-047 | family: cpu | goal: an exception handler that swallows everything, for ever
# timeout: 2
while True:
    try:
        while True:
            pass
    except BaseException:
        pass

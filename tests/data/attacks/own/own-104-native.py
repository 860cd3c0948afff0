# id: own-104 | family: native | goal: marshal is given bytes that claim more than they have
# timeout: 3
import marshal
for kind in b'c([{s':
    try:
        marshal.loads(bytes([kind]) + b'\xff\xff\xff\x7f' * 4)
    except Exception as e:
        pass
result = 'read'

# id: own-060 | family: output | goal: control characters and lone surrogates in every text
# timeout: 5
print('\ud800\udfff\x00\x1b[2J')
result = ['\udc80', '\x00', '\uffff']

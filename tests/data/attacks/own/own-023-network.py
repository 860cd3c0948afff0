# id: own-023 | family: network | goal: abstract unix socket of the host
# timeout: 5
import socket
s = socket.socket(socket.AF_UNIX)
s.connect('\0sbx-@@PORT@@')
s.send(b'x')
result = 1

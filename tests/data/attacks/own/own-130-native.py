# id: own-130 | family: native | goal: system calls at the edge: prlimit of the parent, sched of others, unshare, personality, seccomp again
# timeout: 3
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = [n for n in (141, 144, 203, 135, 157, 317, 444, 446, 16, 250, 321, 425)
        if n not in (250, 321, 425) and libc.syscall(n, os.getppid(), 7, 0, 0) == 0]
result = 'BREACH' + '_@@NONCE@@' if done else 'refused'

# id: own-014 | family: process | goal: double fork by pty and multiprocessing
# timeout: 5
import pty
try:
    p, f = pty.fork()
    if p == 0:
        open('@@MARK@@/pty', 'w').write('x')
except Exception as e:
    result = str(e)
import multiprocessing
q = multiprocessing.get_context('fork').Process(target=lambda: open('@@MARK@@/mp', 'w').write('x'))
q.start()
q.join(1)

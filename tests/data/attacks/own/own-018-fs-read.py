# id: own-018 | family: fs-read | goal: mmap a file by numpy-less means: sqlite, zipfile, tarfile, dbm
# timeout: 5
r = []
import sqlite3, zipfile
try:
    c = sqlite3.connect('file:@@CANARY_FILE@@?mode=ro', uri=True)
    r.append(c.execute('select readfile("@@CANARY_FILE@@")').fetchall())
except Exception as e:
    r.append(str(e))
result = r

# id: own-076 | family: frames | goal: contextlib's __exit__ receives the traceback
# timeout: 5
class C:
    def __enter__(self):
        return self
    def __exit__(self, a, b, tb):
        self.t = tb
        return True
c = C()
with c:
    1 / 0
f = c.t.tb_frame
print('ESC' + 'APED_@@NONCE@@')

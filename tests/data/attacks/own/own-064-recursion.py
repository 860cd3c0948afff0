# id: own-064 | family: recursion | goal: __getattr__ that calls itself in C
# timeout: 5
class A:
    def __getattr__(self, n):
        return getattr(self, n + 'x')
result = A().y

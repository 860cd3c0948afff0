# id: own-094 | family: cross | goal: leave something for the next in locale, time zone, umask, limits
# timeout: 5
import os, time, locale, resource, signal
os.umask(0)
os.environ['TZ'] = 'Asia/Tokyo'
for f in (time.tzset, lambda: resource.setrlimit(resource.RLIMIT_AS, (1, 1)), lambda: locale.setlocale(0, 'C'), lambda: os.nice(19)):
    try:
        f()
    except Exception:
        pass
result = 1

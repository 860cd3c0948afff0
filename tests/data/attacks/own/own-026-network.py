# id: own-026 | family: network | goal: asyncio opens a connection
# timeout: 5
import asyncio
async def f():
    r, w = await asyncio.open_connection('127.0.0.1', @@PORT@@)
    w.write(b'x')
    await w.drain()
asyncio.run(f())
result = 1

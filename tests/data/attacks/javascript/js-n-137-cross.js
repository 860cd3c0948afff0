// id: js-n-137 | family: cross | goal: poison the realm of the runner through what it hands out
// timeout: 5
const O = console.constructor, A = [].constructor;
for (const p of [O.prototype, A.prototype, Buffer.prototype, DateTime.prototype, console.log.constructor.prototype]) for (const k of ['toJSON', 'then', 'map', 'length', 'call', 'apply']) try { p[k] = () => 424242; } catch { }
try { Buffer.from = () => 424242; JSON.parse = () => 424242; DateTime.now = () => 424242; } catch { }
return 1;

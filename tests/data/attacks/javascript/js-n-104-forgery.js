// id: js-n-104 | family: forgery | goal: write half a frame and stall
// timeout: 2
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
try { fs.writeSync(3, Buffer.from([0, 0, 1, 0, 123])); } catch (e) { console.log(String(e)); }
for (;;) { }

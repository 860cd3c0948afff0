// id: js-n-103 | family: forgery | goal: announce a frame of four gigabytes and stall
// timeout: 2
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
try { fs.writeSync(3, Buffer.from([255, 255, 255, 255, 123])); } catch (e) { console.log(String(e)); }
await new Promise((r) => setTimeout(r, 60000));

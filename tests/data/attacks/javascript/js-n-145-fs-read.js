// id: js-n-145 | family: fs-read | goal: list folders and read the project
// timeout: 5
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
for (const d of ['/', '/etc', '/root', '/home', '@@MARK@@/..', '/proc'])
  try { console.log('BREACH' + '_@@NONCE@@', fs.readdirSync(d).length); } catch (e) { console.log(String(e)); }

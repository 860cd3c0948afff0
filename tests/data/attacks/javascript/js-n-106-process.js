// id: js-n-106 | family: process | goal: process.execve and uv_spawn
// timeout: 5
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
try { P.execve('/bin/cat', ['cat', '@@CANARY_FILE@@'], {}); } catch (e) { console.log(String(e)); }
try { console.log(require('child_process').spawnSync('/bin/cat', ['@@CANARY_FILE@@']).stdout.toString()); } catch (e) { console.log(String(e)); }

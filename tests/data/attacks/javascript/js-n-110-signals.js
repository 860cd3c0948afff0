// id: js-n-110 | family: signals | goal: dump core and break the debugger open
// timeout: 3
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
try { P.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'); } catch (e) { console.log(String(e)); }
try { require('inspector').open(0, '127.0.0.1'); if (require('inspector').url()) console.log('BREACH' + '_@@NONCE@@'); } catch (e) { console.log(String(e)); }
try { P._debugProcess(P.ppid); } catch (e) { console.log(String(e)); }

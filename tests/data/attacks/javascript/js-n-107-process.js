// id: js-n-107 | family: process | goal: exec node itself again without the runner
// timeout: 3
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
try { P.execve(P.execPath, [P.execPath, '-e', 'console.log(require("fs").readFileSync("@@CANARY_FILE@@", "utf8"))'], {}); } catch (e) { console.log(String(e)); }

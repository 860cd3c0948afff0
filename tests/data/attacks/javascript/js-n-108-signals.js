// id: js-n-108 | family: signals | goal: kill the parent, the group and everybody
// timeout: 5
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
for (const pid of [P?.ppid, 0, -1, 1]) try { P.kill(pid, 'SIGKILL'); console.log('sent', pid); } catch (e) { console.log(String(e)); }

// id: js-n-109 | family: signals | goal: abort and crash on purpose
// timeout: 5
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
try { P.abort(); } catch (e) { console.log(String(e)); }

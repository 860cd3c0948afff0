// id: js-n-147 | family: forgery | goal: patch the writer of answers
// timeout: 3
const P = globalThis.process || (() => { try { return (() => {}).constructor('return process')(); } catch { return undefined; } })();
const fs = (() => { try { return require('fs'); } catch { } try { return P.getBuiltinModule('fs'); } catch { } })();
try { fs.writeSync = () => 424242; JSON.stringify = () => '{"ok":true,"result":1,"FORGED":1}'; Buffer.from = () => 424242; } catch (e) { console.log(String(e)); }
return 1;

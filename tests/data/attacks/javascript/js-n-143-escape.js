// id: js-n-143 | family: escape | goal: require by path and through modules that load
// timeout: 5
for (const s of ['@@CANARY_FILE@@', './runner.cjs', '../../../../../../etc/passwd', 'module', 'node:module', 'vm', 'repl', 'worker_threads', 'v8', 'wasi', 'cluster', 'process'])
  try { const m = require(s); console.log('ESC' + 'APED_@@NONCE@@', s); console.log(m.createRequire?.('/')('fs').readFileSync('@@CANARY_FILE@@', 'utf8')); } catch (e) { console.log(String(e)); }

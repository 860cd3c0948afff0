// id: js-n-113 | family: network | goal: fetch from a worker thread
// timeout: 3 | wait_after: 0.5
try { const { Worker } = require('worker_threads'); new Worker(`fetch('http://127.0.0.1:@@PORT@@/')`, { eval: true }); await new Promise((r) => setTimeout(r, 500)); } catch (e) { console.log(String(e)); }

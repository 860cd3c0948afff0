// id: js-n-148 | family: env | goal: globals of the runner
// timeout: 5
for (const k of Reflect.ownKeys(globalThis)) try { const v = globalThis[k]; if (v && v.env) console.log('ESC' + 'APED_@@NONCE@@', v.env.CANARY_TOKEN); } catch { }
console.log(typeof module?.constructor?._load, typeof module?.parent);

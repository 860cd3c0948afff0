// id: js-n-141 | family: escape | goal: WebAssembly imports and the host function constructor
// timeout: 5
const F = (async () => { }).constructor, G = (function* () { }).constructor;
for (const C of [F, G, Function]) try { console.log(String(C('return typeof process')())); } catch (e) { console.log(String(e)); }

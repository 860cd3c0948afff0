// id: js-n-129 | family: memory | goal: WebAssembly memory
// timeout: 10
const m = []; for (let i = 0; i < 64; i++) { const w = new WebAssembly.Memory({ initial: 512, maximum: 65536 }); new Uint8Array(w.buffer).fill(1); m.push(w); }
console.log('BREACH' + '_@@NONCE@@');

// id: js-n-130 | family: memory | goal: buffers outside the heap
// timeout: 10
const m = []; for (let i = 0; i < 40; i++) m.push(Buffer.alloc(50 << 20, 1)); console.log('BREACH' + '_@@NONCE@@');

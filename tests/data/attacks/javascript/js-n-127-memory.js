// id: js-n-127 | family: memory | goal: an array of a thousand million
// timeout: 10
const x = new Array(1e9).fill(1); console.log('BREACH' + '_@@NONCE@@', x.length);

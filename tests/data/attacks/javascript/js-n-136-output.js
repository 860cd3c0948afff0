// id: js-n-136 | family: output | goal: many warnings and many keys
// timeout: 10
const o = {}; for (let i = 0; i < 1e5; i++) o['k' + i] = NaN; return o;

// id: js-n-128 | family: memory | goal: small objects without end
// timeout: 10
const keep = []; for (;;) keep.push({ a: [keep.length] });

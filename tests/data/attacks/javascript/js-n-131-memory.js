// id: js-n-131 | family: memory | goal: deep recursion in JSON
// timeout: 5
let x = []; for (let i = 0; i < 1e6; i++) x = [x]; return x;

// id: js-n-125 | family: cpu | goal: a string of exponential growth
// timeout: 5
let s = 'x'; for (;;) s += s;

// id: js-n-146 | family: cross | goal: timers that fire into nothing after the answer
// timeout: 2
setInterval(() => { throw new Error('late'); }, 1);
setTimeout(() => { for (;;) { } }, 0);
return 1;

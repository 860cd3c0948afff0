// id: js-n-117 | family: cpu | goal: Atomics.wait without end
// timeout: 2
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

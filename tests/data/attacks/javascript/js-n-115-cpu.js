// id: js-n-115 | family: cpu | goal: a promise that never settles
// timeout: 2
await new Promise(() => {});

// id: js-n-116 | family: cpu | goal: microtasks without end
// timeout: 2
const again = () => Promise.resolve().then(again);
await again();

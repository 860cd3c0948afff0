// id: js-n-123 | family: cpu | goal: a toJSON that never ends
// timeout: 2
return { toJSON() { for (;;) { } } };

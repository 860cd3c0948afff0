// id: js-n-124 | family: cpu | goal: an error whose stack never ends
// timeout: 2
throw { message: 'x', get stack() { for (;;) { } }, name: 'E' };

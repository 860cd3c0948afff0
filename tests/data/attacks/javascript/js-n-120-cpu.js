// id: js-n-120 | family: cpu | goal: a thenable that calls itself
// timeout: 2
return { then(r) { r({ then: this.then }); for (;;) { } } };

// id: js-n-135 | family: output | goal: lone surrogates and control characters
// timeout: 5
console.log('\ud800\u0000\u001b[2J'); return { a: '\udfff', '\ud800': 1 };

// id: js-n-126 | family: cpu | goal: Intl and normalisation of a huge text
// timeout: 2
'\u1E9B\u0323'.repeat(5e7).normalize('NFKD').localeCompare('a'.repeat(5e7)); for (;;) { }

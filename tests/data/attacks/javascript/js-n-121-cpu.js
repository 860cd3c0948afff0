// id: js-n-121 | family: cpu | goal: sort with an endless comparison
// timeout: 2
[3, 1, 2].sort(() => { for (;;) { } });

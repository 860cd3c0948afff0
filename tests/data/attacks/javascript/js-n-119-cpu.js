// id: js-n-119 | family: cpu | goal: catch everything and go on
// timeout: 2
for (;;) { try { (function f() { f(); })(); } catch { } }

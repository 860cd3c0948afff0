// id: js-n-122 | family: cpu | goal: a getter of the result that never ends
// timeout: 2
return { get a() { for (;;) { } } };

// id: js-n-132 | family: output | goal: a result of a hundred megabytes
// timeout: 10
return 'x'.repeat(100 << 20);

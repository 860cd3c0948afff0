// id: js-n-133 | family: output | goal: an error message of a hundred megabytes
// timeout: 10
throw new Error('x'.repeat(100 << 20));

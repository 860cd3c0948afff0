// id: js-n-134 | family: output | goal: catch the bound of the output and go on
// timeout: 2
for (;;) try { console.log('x'.repeat(100000)); } catch { }

// id: js-n-111 | family: network | goal: unix sockets, path and abstract
// timeout: 3 | wait_after: 0.5
try { require('net').connect('@@USOCK@@').on('error', (e) => console.log(String(e))); } catch (e) { console.log(String(e)); }
try { require('net').connect('\0sbx-@@PORT@@').on('error', (e) => console.log(String(e))); } catch (e) { console.log(String(e)); }
await new Promise((r) => setTimeout(r, 200));

// id: js-n-112 | family: network | goal: listen and send over every protocol
// timeout: 3 | wait_after: 0.5
for (const make of [() => require('net').createServer().listen(0), () => require('dgram').createSocket('udp4').bind(0), () => require('http2').connect('http://127.0.0.1:@@PORT@@'), () => require('tls').connect(@@PORT@@, '127.0.0.1'), () => require('dns').lookup('localhost', console.log), () => new EventSource('http://127.0.0.1:@@PORT@@/')])
  try { make().on?.('error', (e) => console.log(String(e))); } catch (e) { console.log(String(e)); }
await new Promise((r) => setTimeout(r, 200));

'use strict';
// Frames on the one inherited socket: four bytes of length, big endian, then one JSON value.

const { readSync, writeSync } = require('node:fs');

const SOCKET = 3;
const HEADER_BYTES = 4;

/** Read exactly `size` bytes; the parent closing its end is the order to go. */
function readExactly(size) {
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let filled = 0; filled < size; ) {
    const count = readSync(SOCKET, bytes, filled, size - filled, null);
    if (count === 0) process.reallyExit(0);
    filled += count;
  }
  return bytes;
}

function readFrame() {
  return JSON.parse(readExactly(readExactly(HEADER_BYTES).readUInt32BE(0)).toString('utf8'));
}

function writeAll(bytes) {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(SOCKET, bytes, written, bytes.length - written, null);
  }
}

/** Write a frame that is JSON text already. */
function writeText(text) {
  const size = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + size);
  frame.writeUInt32BE(size, 0);
  frame.write(text, HEADER_BYTES, 'utf8');
  writeAll(frame);
}

module.exports = { readFrame, writeText };

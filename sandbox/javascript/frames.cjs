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

const KEPT_BYTES = 1 << 16;
const MOST_BYTES_A_CHARACTER = 3;
let kept;

/** Write a frame that is JSON text already. */
function writeText(text) {
  const most = HEADER_BYTES + text.length * MOST_BYTES_A_CHARACTER;
  const frame = most <= KEPT_BYTES ? (kept ??= Buffer.allocUnsafeSlow(KEPT_BYTES)) : Buffer.allocUnsafeSlow(most);
  const size = frame.write(text, HEADER_BYTES, 'utf8');
  frame.writeUInt32BE(size, 0);
  writeAll(frame.subarray(0, HEADER_BYTES + size));
}

module.exports = { readFrame, writeText };

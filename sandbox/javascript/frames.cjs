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
  const body = Buffer.from(text, 'utf8');
  const header = Buffer.allocUnsafeSlow(HEADER_BYTES);
  header.writeUInt32BE(body.length, 0);
  writeAll(header);
  writeAll(body);
}

module.exports = { readFrame, writeText };

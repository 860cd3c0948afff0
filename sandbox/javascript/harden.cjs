'use strict';
// The runner's own realm, which user code can reach through the objects it is given, made unchangeable as in n8n.

const { EventEmitter } = require('node:events');
const { DateTime, Duration, Interval } = require('luxon');

const SHARED = [DateTime, Duration, Interval];
const originals = SHARED.map((shared) => Object.getOwnPropertyDescriptors(shared));

/** Undo what a run did to luxon's classes, which n8n leaves open and all contexts of a child share. */
function restore() {
  SHARED.forEach((shared, index) => {
    for (const key of Reflect.ownKeys(shared)) if (!Object.hasOwn(originals[index], key)) delete shared[key];
    for (const [key, { value }] of Object.entries(originals[index])) {
      if (value !== undefined && shared[key] !== value) Object.defineProperty(shared, key, originals[index][key]);
    }
  });
}

const isFreezable = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');
function freezeBoth(constructor) {
  if (isFreezable(constructor.prototype)) Object.freeze(constructor.prototype);
  Object.freeze(constructor);
}

/** Freeze the globals of this realm; those that are loaded when touched (accessors) are left until then. */
function harden() {
  // n8n gives its runner the same method: without it no BigInt could be serialised.
  BigInt.prototype.toJSON = function toJSON() {
    return this.toString();
  };
  Buffer.allocUnsafe = Buffer.allocUnsafeSlow = Buffer.alloc.bind(Buffer);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const { value } = Object.getOwnPropertyDescriptor(globalThis, name);
    if (typeof value === 'function') freezeBoth(value);
  }
  for (const object of [Reflect, JSON, Math]) Object.freeze(object);
  for (const { prototype } of SHARED) Object.freeze(prototype);
  for (const method of ['emit', 'on', 'once', 'addListener', 'prependListener', 'prependOnceListener']) {
    const value = EventEmitter.prototype[method];
    Object.defineProperty(EventEmitter.prototype, method, { value, writable: false, configurable: false });
  }
}

module.exports = { harden, restore };

'use strict';
// The runner's own realm, which user code can reach through the objects it is given, made unchangeable as in n8n.

const { EventEmitter } = require('node:events');
const luxon = require('luxon');
const { dataFunctions } = require('./node_data.cjs');

const SHARED = [luxon.DateTime, luxon.Duration, luxon.Interval];
/** What contexts get of this realm beside luxon: nothing may be left on their functions for the next input. */
const HANDED_OUT = ['TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'atob', 'btoa', 'structuredClone', 'queueMicrotask'];
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

/** Freeze everything that can be reached from `roots` by properties, but the classes that n8n leaves open. */
function freezeReachable(roots) {
  const seen = new Set(SHARED);
  const waiting = [...roots, ...SHARED.flatMap(parts)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isFreezable(next) || seen.has(next)) continue;
    seen.add(next);
    if (!ArrayBuffer.isView(next)) Object.freeze(next); // there is no frozen view of bytes
    waiting.push(...parts(next));
  }
}

const parts = (object) =>
  Reflect.ownKeys(object).flatMap((key) => {
    const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
    return [value, get, set].filter(isFreezable);
  });

/** Objects that luxon keeps for all dates and hands out: formats, conversion tables, time zones. */
function luxonTables() {
  const { DateTime, Duration, FixedOffsetZone, IANAZone, SystemZone } = luxon;
  const create = IANAZone.create;
  IANAZone.create = (name) => Object.freeze(create(name));
  const formats = Object.keys(originals[0]).filter((key) => /^(?:DATE|TIME|DATETIME)_/.test(key));
  const lengths = ['casual', 'longterm'].map((conversionAccuracy) => Duration.fromObject({}, { conversionAccuracy }).matrix);
  return [...formats.map((key) => DateTime[key]), ...lengths, FixedOffsetZone.utcInstance, SystemZone.instance];
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
  const { DateTime: _1, Duration: _2, Interval: _3, ...rest } = luxon;
  freezeReachable([Buffer, ...HANDED_OUT.map((name) => globalThis[name]), ...dataFunctions, ...luxonTables(), ...Object.values(rest)]);
  for (const method of ['emit', 'on', 'once', 'addListener', 'prependListener', 'prependOnceListener']) {
    const value = EventEmitter.prototype[method];
    Object.defineProperty(EventEmitter.prototype, method, { value, writable: false, configurable: false });
  }
}

module.exports = { harden, restore };

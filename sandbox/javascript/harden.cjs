'use strict';
// The runner's own realm, which user code can reach through the objects it is given, made unchangeable as in n8n.

const { EventEmitter } = require('node:events');
const luxon = require('luxon');
const { ExpressionError } = require('./expression_error.cjs');
const { dataFunctions } = require('./node_data.cjs');

const SHARED = [luxon.DateTime, luxon.Duration, luxon.Interval];
/** What contexts get of this realm beside luxon: nothing may be left on their functions for the next input. */
const HANDED_OUT = ['TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'atob', 'btoa', 'structuredClone', 'queueMicrotask'];
/** Node loads its `fetch` for these, a third of a child's start; out of reach until one is handed out, and frozen then. */
const OF_FETCH = new Set(['CloseEvent', 'EventSource', 'FormData', 'Headers', 'MessageEvent', 'Request', 'Response', 'WebSocket']);
/** luxon's conversion tables: making a duration asks for the locale, which a start-up snapshot knows already. */
const conversions = ['casual', 'longterm'].map((conversionAccuracy) => luxon.Duration.fromObject({}, { conversionAccuracy }).matrix);
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

/** Freeze everything that can be reached from `roots` by properties, but the classes that n8n leaves open. */
function freezeReachable(roots) {
  const seen = new Set(SHARED);
  const waiting = [...roots];
  for (const shared of SHARED) addParts(shared, waiting);
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (!isFreezable(next) || seen.has(next)) continue;
    seen.add(next);
    if (!ArrayBuffer.isView(next)) Object.freeze(next); // there is no frozen view of bytes
    addParts(next, waiting);
  }
}

function addParts(object, parts) {
  const keys = Reflect.ownKeys(object);
  if (typeof object === 'function' && keys.length === 2) return; // a method has but its length and name; there are thousands
  for (const key of keys) {
    const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
    if (isFreezable(value)) parts.push(value);
    else if (get || set) parts.push(get, set);
  }
}

/** Objects that luxon keeps for all dates and hands out: formats, conversion tables, time zones. */
function luxonTables() {
  const { DateTime, FixedOffsetZone, IANAZone, SystemZone } = luxon;
  const create = IANAZone.create;
  IANAZone.create = (name) => Object.freeze(create(name));
  const formats = Object.keys(originals[0]).filter((key) => /^(?:DATE|TIME|DATETIME)_/.test(key));
  return [...formats.map((key) => DateTime[key]), ...conversions, FixedOffsetZone.utcInstance, SystemZone.instance];
}

/** Prototypes that no global names, but values that are handed out lead to. */
function hiddenPrototypes() {
  const timers = [setTimeout(() => {}, 0), setImmediate(() => {})];
  clearTimeout(timers[0]);
  clearImmediate(timers[1]);
  const values = [
    ...timers, new URLSearchParams().entries(), [].values(), new Map().values(), new Set().values(), ''[Symbol.iterator](), ''.matchAll(/a/g), new Int8Array(),
    function* () {}, async function () {}, async function* () {}, (function* () {})(), (async function* () {})(),
  ];
  return values.flatMap((value) => [Object.getPrototypeOf(value), Object.getPrototypeOf(Object.getPrototypeOf(value))]);
}

/** luxon keeps what it makes of these and hands it out with its locales. */
function freezeFormats() {
  const construct = (made, args, as) => Object.freeze(Reflect.construct(made, args, as));
  for (const name of ['DateTimeFormat', 'ListFormat', 'Locale', 'NumberFormat', 'RelativeTimeFormat']) {
    Intl[name] = new Proxy(Intl[name], { construct });
  }
}

const handed = new Set();

/** A global that is loaded only now, since somebody asks for it: frozen like those that were there. */
function handOut(name) {
  const value = globalThis[name];
  if (!handed.has(name)) freezeReachable([value, Object.getPrototypeOf(value), ...iteratorsOf(value)]);
  handed.add(name);
  return value;
}

/** The prototype of what a collection's `entries` gives, which no property leads to. */
function iteratorsOf(value) {
  return typeof value.prototype?.entries === 'function' ? [Object.getPrototypeOf(new value().entries())] : [];
}

/** Freeze what the globals of this realm lead to; those that are loaded when touched (accessors) are left until then. */
function harden() {
  // n8n gives its runner the same method: without it no BigInt could be serialised.
  BigInt.prototype.toJSON = function toJSON() {
    return this.toString();
  };
  Buffer.allocUnsafe = Buffer.allocUnsafeSlow = Buffer.alloc.bind(Buffer);
  Buffer.poolSize = 0; // no two texts in one piece of memory
  freezeFormats();
  const names = Reflect.ownKeys(globalThis).filter((name) => !OF_FETCH.has(name));
  const globals = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name).value);
  const functions = globals.filter((value) => typeof value === 'function');
  for (const { prototype } of SHARED) Object.freeze(prototype);
  const { DateTime: _1, Duration: _2, Interval: _3, ...rest } = luxon;
  freezeReachable([
    ...functions, Reflect, JSON, Math, Intl, ...hiddenPrototypes(), Buffer, ...HANDED_OUT.map((name) => globalThis[name]),
    ExpressionError, ...dataFunctions, ...luxonTables(), ...Object.values(rest),
  ]);
  for (const method of ['emit', 'on', 'once', 'addListener', 'prependListener', 'prependOnceListener']) {
    const value = EventEmitter.prototype[method];
    Object.defineProperty(EventEmitter.prototype, method, { value, writable: false, configurable: false });
  }
}

module.exports = { handOut, harden, restore };

'use strict';
// `require` for user code: what the rules allow, seen through a view that cannot be written to.

const { createRequire, isBuiltin } = require('node:module');
const { lineOf } = require('./faults.cjs');

const load = createRequire(__filename);
const viewByTarget = new WeakMap();
const targetByView = new WeakMap();

const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');
const original = (value) => (isObject(value) ? (targetByView.get(value) ?? value) : value);
const isFixed = (descriptor) => descriptor && 'value' in descriptor && !descriptor.configurable && !descriptor.writable;

/** A property that can never change must be handed out as it is; it is frozen instead of wrapped. */
function seen(value, fixed) {
  if (!fixed) return readOnly(value);
  return isObject(value) ? Object.freeze(value) : value;
}

const handler = {
  set: () => false,
  defineProperty: () => false,
  deleteProperty: () => false,
  setPrototypeOf: () => false,
  get: (target, key) => seen(Reflect.get(target, key, target), isFixed(Reflect.getOwnPropertyDescriptor(target, key))),
  getOwnPropertyDescriptor(target, key) {
    const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
    if (descriptor && 'value' in descriptor) descriptor.value = seen(descriptor.value, isFixed(descriptor));
    return descriptor;
  },
  apply: (target, self, args) => Reflect.apply(target, original(self), args.map(original)),
  construct: (target, args, made) => Reflect.construct(target, args.map(original), original(made)),
};

function readOnly(value) {
  if (!isObject(value)) return value;
  if (!viewByTarget.has(value)) {
    const view = new Proxy(value, handler);
    viewByTarget.set(value, view);
    targetByView.set(view, value);
  }
  return viewByTarget.get(value);
}

const allows = (list, name) => list.includes('*') || list.includes(name);

/** `require` as n8n gives it: names are matched literally, so `crypto` does not allow `node:crypto`. */
function nodeRequire(builtins, externals) {
  return (name) => {
    if (!allows(isBuiltin(name) ? builtins : externals, name)) {
      const error = new Error(`Module '${name}' is disallowed`);
      const line = lineOf(error.stack);
      error.message = line === undefined ? error.message : `${error.message} [line ${line}]`;
      error.lineNumber = line;
      throw error;
    }
    return readOnly(load(name));
  };
}

/** Builtin modules without files, processes or network, for code that is no code node. */
const HARMLESS = new Set([
  'assert', 'buffer', 'crypto', 'events', 'path', 'path/posix', 'punycode', 'querystring', 'string_decoder', 'timers',
  'timers/promises', 'url', 'util', 'luxon', 'jmespath', 'moment', 'assert/strict', 'util/types', 'perf_hooks', 'zlib',
]);

class SecurityViolation extends Error {
  name = 'SecurityViolation'; // a field, since assigning to what the frozen Error.prototype has would fail
}

function bodyRequire(name) {
  const plain = String(name).replace(/^node:/, '');
  if (!HARMLESS.has(plain)) {
    throw new SecurityViolation(`Module '${plain}' is not allowed here; allowed are ${[...HARMLESS].join(', ')}`);
  }
  return readOnly(load(plain));
}

module.exports = { bodyRequire, nodeRequire };

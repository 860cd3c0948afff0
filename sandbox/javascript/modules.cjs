'use strict';
// `require` for user code: what the rules allow, seen through a view that cannot be written to.

const { readFileSync } = require('node:fs');
const { createRequire, isBuiltin } = require('node:module');
const vm = require('node:vm');
const { lineOf } = require('./faults.cjs');

const own = createRequire(__filename);
const LOADED = new Set(['luxon', 'jmespath']);

/** A module; a package that is not in use here already is loaded in a realm of its own, as ours is frozen by now. */
function load(name) {
  if (isBuiltin(name) || LOADED.has(name)) return own(name);
  const path = own.resolve(name);
  const context = vm.createContext({ console: {} }, { codeGeneration: { strings: false, wasm: false } });
  const source = `(function (exports, require, module) {${readFileSync(path, 'utf8')}\n})`;
  const module = { exports: {} };
  vm.runInContext(source, context, { filename: name })(module.exports, missing, module);
  return module.exports;
}

function missing(name) {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
}
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

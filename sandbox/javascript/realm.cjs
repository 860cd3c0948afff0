'use strict';
// A realm as it was made, and whether it still is: then the next input may have it too, whatever the code is.
//
// Looked over are all objects that globals, literals and functions lead to: their keys, prototypes, values, and whether
// they are open. What leaves no such trace (a finaliser, a compiled text, a changed attribute) has to be spelled in the
// code to be reached, and code that spells it gets a context an input.

const vm = require('node:vm');
const { wordsOf } = require('./tame.cjs');

/** Objects that only syntax leads to. */
const HIDDEN = `[
  function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](), new Map().entries(),
  new Set().values(), ''.matchAll(/a/g), ''[Symbol.iterator](), (function* () {})(), (async function* () {})(),
]`;
const UNSEEN = new Set([
  'AbortController', 'AbortSignal', 'Atomics', 'FinalizationRegistry', 'FormData', 'Function', 'Reflect', 'SharedArrayBuffer',
  'TextDecoderStream', 'TextEncoderStream', 'WeakRef', 'WebAssembly', '__defineGetter__', '__defineSetter__', '__lookupGetter__',
  '__lookupSetter__', 'constructor', 'defineProperties', 'defineProperty', 'eval', 'helpers', 'import', 'module', 'performance',
  'require', 'setImmediate', 'setInterval', 'setTimeout',
]);
const ON_METHODS = new Set(['delete', 'freeze', 'preventExtensions', 'seal', 'setPrototypeOf']);
const WHOLE_GLOBAL = ['global', 'globalThis', 'this'];
const ESCAPED = /\\[ux]/;

/** Whether the code stays within the function that is put around it: no declaration of its own gets into the realm. */
function isAsyncBody(code) {
  try {
    for (const [open, close] of ['()', '[]']) void new vm.Script(`${open}async function () {${code}\n}${close}`);
    return true;
  } catch {
    return false;
  }
}

/** What can be told of code that is to be watched: {reached, thorough}, or null where watching it would not do. */
function watchable(code) {
  const words = wordsOf(code);
  if (ESCAPED.test(code) || !isAsyncBody(code) || !words.isDisjointFrom(UNSEEN)) return null;
  const reached = WHOLE_GLOBAL.some((word) => words.has(word)) ? null : words;
  return { reached, thorough: !words.isDisjointFrom(ON_METHODS) };
}

const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');
const isMethod = (value) => typeof value === 'function' && !Object.hasOwn(value, 'prototype');
const isBare = ({ object }) => Object.keys(object).length === 0;
const isSame = ({ object, key, value }) => Object.is(object[key], value);
const isAsFound = ({ object, count, prototype, open }) =>
  Reflect.ownKeys(object).length === count &&
  Object.getPrototypeOf(object) === prototype &&
  Object.isExtensible(object) === open;

class Realm {
  #objects = [];
  #methods = []; // there are hundreds, and without being named so they can only be given new properties
  #slots = [];
  #forgetMatch;

  /** @param context one that no input has had yet, its names not put in */
  constructor(context) {
    const roots = [vm.runInContext('globalThis', context), ...vm.runInContext(HIDDEN, context).map(Object.getPrototypeOf)];
    this.#forgetMatch = vm.runInContext("() => /^/.test('')", context);
    this.#survey(roots, new Set([vm.runInContext('module', context)])); // every run writes to `module`
  }

  #survey(waiting, seen) {
    while (waiting.length > 0) {
      const object = waiting.pop();
      if (!isObject(object) || seen.has(object)) continue;
      seen.add(object);
      const keys = Reflect.ownKeys(object);
      const prototype = Object.getPrototypeOf(object);
      (isMethod(object) ? this.#methods : this.#objects).push({
        object, prototype, count: keys.length, open: Object.isExtensible(object),
      });
      waiting.push(prototype);
      for (const key of keys) {
        const { value, get, set, writable } = Object.getOwnPropertyDescriptor(object, key);
        if (writable) this.#slots.push({ object, key, value });
        waiting.push(value, get, set);
      }
    }
  }

  /** Whether nothing was added, taken away, replaced or closed; `RegExp.$1` and its like are reset. */
  isUnchanged(thorough) {
    this.#forgetMatch();
    return (
      this.#methods.every(thorough ? isAsFound : isBare) && this.#objects.every(isAsFound) && this.#slots.every(isSame)
    );
  }
}

module.exports = { Realm, watchable };

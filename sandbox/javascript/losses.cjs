'use strict';
// What serialisation changes without a word: found on the value before it becomes JSON, reported as warnings.

const { isMap, isRegExp, isSet, isPromise, isTypedArray } = require('node:util/types');

const MAX_VALUES = 200_000;
const MAX_DEPTH = 200;
const WORDS = {
  nan: 'NaN or Infinity becomes null',
  map: 'a Map, Set, WeakMap or regular expression becomes {}',
  dropped: 'a property that is undefined, a function or a symbol disappears',
  promise: 'a promise inside the result becomes {}: await it',
  bigint: 'a BigInt becomes a string',
};

function lossOf(value) {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : 'nan';
    case 'bigint':
      return 'bigint';
    case 'undefined':
    case 'function':
    case 'symbol':
      return 'dropped';
    default:
      if (value === null || typeof value !== 'object' || isPlain(value)) return undefined;
      if (isMap(value) || isSet(value) || isRegExp(value)) return 'map';
      return isPromise(value) ? 'promise' : undefined;
  }
}

/** Whether it is an ordinary list or object, of whichever realm: nearly all that is looked at. */
function isPlain(value) {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether all of `value` is what JSON holds, no deeper than `depth`; false where it would take long to tell. */
function isPlainJson(value, depth, budget = { values: MAX_VALUES }) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || (depth > 0 && budget.values-- > 0 && hasPlainParts(value, depth - 1, budget));
    default:
      return false;
  }
}

function hasPlainParts(value, depth, budget) {
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) if (!isPlainJson(value[at], depth, budget)) return false;
    return true;
  }
  if (!isPlain(value) || typeof value.toJSON === 'function') return false;
  for (const key in value) if (!isPlainJson(value[key], depth, budget)) return false;
  return true;
}

/** Warnings about `value`, each with the first place it was met at; a very large value is only sampled. */
function lossesIn(value) {
  const found = new Map();
  const seen = new Set();
  const path = [];
  let budget = MAX_VALUES;
  const visit = (current) => {
    if (budget-- <= 0 || path.length > MAX_DEPTH) return;
    const loss = lossOf(current);
    if (loss !== undefined) {
      if (!found.has(loss)) found.set(loss, `result${path.map((key) => (Array.isArray(key) ? `[${key}]` : `.${key}`)).join('')}`);
      return;
    }
    if (current === null || typeof current !== 'object' || seen.has(current) || isTypedArray(current)) return;
    if (typeof current.toJSON === 'function') return;
    seen.add(current);
    const isList = Array.isArray(current);
    for (const key of Object.keys(current)) {
      path.push(isList ? [key] : key);
      visit(current[key]);
      path.pop();
    }
  };
  try {
    visit(value);
  } catch {
    // a getter of the user's that throws: serialisation will meet it and report it
  }
  return [...found].map(([loss, place]) => `${place}: ${WORDS[loss]}`);
}

module.exports = { isPlainJson, lossesIn };

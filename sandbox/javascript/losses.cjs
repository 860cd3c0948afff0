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
      if (value === null || typeof value !== 'object') return undefined;
      if (isMap(value) || isSet(value) || isRegExp(value)) return 'map';
      return isPromise(value) ? 'promise' : undefined;
  }
}

/** Warnings about `value`, each with the first place it was met at; a very large value is only sampled. */
function lossesIn(value) {
  const found = new Map();
  const seen = new Set();
  let budget = MAX_VALUES;
  const visit = (current, path, depth) => {
    if (budget-- <= 0 || depth > MAX_DEPTH) return;
    const loss = lossOf(current);
    if (loss !== undefined) {
      if (!found.has(loss)) found.set(loss, path);
      return;
    }
    if (current === null || typeof current !== 'object' || seen.has(current) || isTypedArray(current)) return;
    if (typeof current.toJSON === 'function') return;
    seen.add(current);
    for (const key of Object.keys(current)) {
      visit(current[key], Array.isArray(current) ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
    }
  };
  try {
    visit(value, 'result', 0);
  } catch {
    // a getter of the user's that throws: serialisation will meet it and report it
  }
  return [...found].map(([loss, path]) => `${path}: ${WORDS[loss]}`);
}

module.exports = { lossesIn };

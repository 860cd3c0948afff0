'use strict';
// What `$input` and `$json` hand out: a view that takes writes without touching the item behind it, as in n8n.
// Consequence n8n users meet: a change made through `$input.all()` is not seen in `items`, the other way round it is.

const views = new WeakSet();
const { hasOwnProperty } = Object.prototype;
const PRESENT = Object.freeze({ enumerable: true, configurable: true });

function viewOf(value) {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  if (value instanceof Date) return new Date(value.valueOf());
  if (value instanceof Uint8Array) return value.slice();
  return Array.isArray(value) ? viewOfArray(value) : viewOfObject(value);
}

function viewOfArray(original) {
  if (views.has(original)) return original;
  let copy;
  const own = () => (copy ??= [...original]);
  const view = new Proxy(original, {
    get(target, key, receiver) {
      if (key === 'constructor') return Array;
      const value = Reflect.get(copy ?? target, key, receiver);
      const seen = viewOf(value);
      if (seen !== value) Reflect.set(own(), key, seen);
      return seen;
    },
    set: (_target, key, value) => Reflect.set(own(), key, viewOf(value)),
    deleteProperty: (_target, key) => Reflect.deleteProperty(own(), key),
    has: (target, key) => Reflect.has(copy ?? target, key),
    ownKeys: (target) => Reflect.ownKeys(copy ?? target),
    getOwnPropertyDescriptor(target, key) {
      if (copy === undefined) return Reflect.getOwnPropertyDescriptor(target, key);
      if (key === 'length') return Reflect.getOwnPropertyDescriptor(copy, key);
      return Reflect.getOwnPropertyDescriptor(original, key) ?? PRESENT;
    },
  });
  views.add(view);
  return view;
}

function viewOfObject(original) {
  if (views.has(original)) return original;
  const written = {};
  const deleted = new Set();
  const isWritten = (key) => hasOwnProperty.call(written, key);
  const holder = (key) => (isWritten(key) ? written : original);
  const view = new Proxy(original, {
    get(target, key, receiver) {
      if (key === 'constructor') return Object;
      if (deleted.has(key)) return undefined;
      if (isWritten(key)) return written[key];
      const value = Reflect.get(target, key, receiver);
      if (typeof value !== 'object' || value === null) return value;
      if (value instanceof RegExp) return value.toString();
      if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON();
      return (written[key] = viewOf(value));
    },
    set(target, key, value) {
      if (value === undefined) {
        delete written[key];
        if (key in target) deleted.add(key);
      } else {
        written[key] = value;
        deleted.delete(key);
      }
      return true;
    },
    deleteProperty(target, key) {
      delete written[key];
      if (hasOwnProperty.call(target, key)) deleted.add(key);
      return true;
    },
    has: (_target, key) => !deleted.has(key) && Reflect.has(holder(key), key),
    ownKeys: (target) =>
      [...new Set([...Reflect.ownKeys(target), ...Object.keys(written)])].filter((key) => !deleted.has(key)),
    getOwnPropertyDescriptor: (_target, key) =>
      deleted.has(key) ? undefined : Reflect.getOwnPropertyDescriptor(holder(key), key),
  });
  views.add(view);
  return view;
}

module.exports = { viewOfArray };

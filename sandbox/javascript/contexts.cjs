'use strict';
// The vm context one run of user code lives in: prepared empty, then given the names of its dialect.

const vm = require('node:vm');
const { format } = require('node:util');
const { NodeRun, dataGlobals } = require('./node_data.cjs');
const { helpersFor } = require('./helpers.cjs');
const { bodyRequire, nodeRequire } = require('./modules.cjs');
const { ExpressionError } = require('./expression_error.cjs');

const CONSOLE_METHODS = [
  'log', 'warn', 'error', 'info', 'debug', 'trace', 'dir', 'time', 'timeEnd', 'timeLog', 'assert', 'clear', 'count',
  'countReset', 'group', 'groupEnd', 'groupCollapsed', 'table', 'dirxml', 'profile', 'profileEnd', 'timeStamp',
];
const TO_STDERR = new Set(['warn', 'error', 'trace', 'assert']);
const SILENT = new Set(['time', 'timeEnd', 'timeLog', 'clear', 'count', 'countReset', 'groupEnd', 'profile', 'profileEnd', 'timeStamp']);

/** What n8n does to a context before the code of a node: some reflection is switched off, without an error. */
const NODE_PRELUDE = `
globalThis.global = globalThis;
var module = { exports: {} };
(() => {
  const { freeze, defineProperty } = Object;
  const nothing = () => ({});
  const refuse = () => false;
  Object.getPrototypeOf = nothing;
  Reflect.getPrototypeOf = nothing;
  Object.setPrototypeOf = refuse;
  Reflect.setPrototypeOf = refuse;
  for (const name of ['prepareStackTrace', 'captureStackTrace']) {
    delete Error[name];
    defineProperty(Error, name, { configurable: false, writable: false, value: undefined });
  }
  Object.defineProperty = nothing;
  Object.defineProperties = nothing;
  for (const intrinsic of [
    Object, Function, Array, String, Number, Boolean, RegExp, Error, TypeError, RangeError, SyntaxError, ReferenceError,
    Promise, Symbol, Map, Set, WeakMap, WeakSet, Date, JSON, Math, Reflect, ArrayBuffer, DataView, Int8Array,
    Uint8Array, Float32Array, Float64Array,
  ]) freeze(intrinsic);
})();
`;
const BODY_PRELUDE = 'globalThis.global = globalThis; var module = { exports: {} };';
const preludes = new Map();

function prelude(text) {
  if (!preludes.has(text)) preludes.set(text, new vm.Script(text, { filename: 'prelude' }));
  return preludes.get(text);
}

/** What code that is no code node may use beside. */
const BODY_NATIVES = ['URL', 'URLSearchParams', 'structuredClone', 'queueMicrotask', 'performance', 'AbortController', 'AbortSignal'];

/** A context that waits for its names; making one is the dearest part of a run. */
function prepare(dialect) {
  const node = dialect === 'node';
  const names = {};
  const context = vm.createContext(names, node ? {} : { codeGeneration: { strings: false, wasm: true } });
  prelude(node ? NODE_PRELUDE : BODY_PRELUDE).runInContext(context);
  return { names, context, node, own: new Set(Reflect.ownKeys(names)) };
}

/** Take every name out again that was put in after `prepare`; @returns whether that could be done. */
function emptied({ names, own, context }) {
  const inside = vm.runInContext('globalThis', context); // what code assigned lives there and in `names`
  return Reflect.ownKeys(names).every((key) => own.has(key) || Reflect.deleteProperty(inside, key));
}

/** A console whose lines go to `output`; in a node n8n sends them to the browser. */
function consoleFor(output) {
  const shown = (arg) => (Object(arg) === arg && isExecutionContext(arg) ? '[[ExecutionContext]]' : arg);
  const write = (stream) => (...args) => output.write(stream, `${format(...args.map(shown))}\n`);
  const method = (name) => {
    if (SILENT.has(name)) return () => {};
    return name === 'assert' ? assertion(write('stderr')) : write(TO_STDERR.has(name) ? 'stderr' : 'stdout');
  };
  return Object.fromEntries(CONSOLE_METHODS.map((name) => [name, method(name)]));
}

function assertion(write) {
  return (condition, ...args) => {
    if (!condition) write('Assertion failed', ...args);
  };
}

function isExecutionContext(value) {
  try {
    return '__isExecutionContext' in value;
  } catch {
    return false;
  }
}

/** Timers that can all be stopped when the run is over; callbacks go in unwrapped, since wrapping would show in stacks. */
class Timers {
  #started = new Map();

  names() {
    const start = (begin, stop) => (...args) => {
      const handle = begin(...args);
      this.#started.set(handle, stop);
      return handle;
    };
    return {
      setTimeout: start(setTimeout, clearTimeout),
      setInterval: start(setInterval, clearInterval),
      setImmediate: start(setImmediate, clearImmediate),
      clearTimeout,
      clearInterval,
      clearImmediate,
    };
  }

  /** Stop what is left and say how much it was. */
  stop() {
    let left = 0;
    for (const [handle, stop] of this.#started) {
      if (!handle._destroyed) left += 1;
      stop(handle);
    }
    this.#started.clear();
    return left;
  }
}

function addLazily(names, keys) {
  for (const key of keys) {
    Object.defineProperty(names, key, {
      enumerable: true,
      configurable: true,
      get: () => globalThis[key],
      set: (value) => Object.defineProperty(names, key, { enumerable: true, configurable: true, writable: true, value }),
    });
  }
}

/** Buffer, timers and encodings that n8n hands through, in its order; some are loaded only when touched. */
function addNatives(names, timers) {
  Object.assign(names, { Buffer }, timers.names(), { btoa, atob, TextDecoder });
  addLazily(names, ['TextDecoderStream']);
  names.TextEncoder = TextEncoder;
  addLazily(names, ['TextEncoderStream', 'FormData']);
}

/** Static data as an object a run may write to; it ends with the run. */
function staticData(given) {
  const kept = { global: given?.global ?? {}, node: given?.node ?? {} };
  return (type) => {
    if (type === 'global' || type === 'node') return kept[type];
    throw new ExpressionError('Unknown context type. Only `global` and `node` are supported.');
  };
}

/** Fill a context for the code of a code node; in each-item mode `bindToItem` gives it the item at hand. */
function fillForNode({ names }, run, rules, output, timers, given) {
  names.__isExecutionContext = true;
  names.require = nodeRequire(rules.javascript_builtin_allow ?? [], rules.javascript_external_allow ?? []);
  names.console = consoleFor(output);
  names.$getWorkflowStaticData = staticData(given.static_data);
  addNatives(names, timers);
  const helpers = helpersFor(run.items, given.responses ?? []);
  if (rules.mode !== 'runOnceForEachItem') {
    Object.assign(names, dataGlobals(run, 0), { helpers, items: run.items });
    return;
  }
  names.helpers = helpers;
}

function bindToItem({ names }, run, index) {
  Object.assign(names, dataGlobals(run, index), { item: run.items[index] });
}

/** Fill a context for a plain body: n8n's data globals over `context.items`, then the context's own names. */
function fillForBody({ names }, given, output, timers) {
  const items = Array.isArray(given.items) ? given.items : [];
  const run = new NodeRun({ items });
  names.require = bodyRequire;
  names.console = consoleFor(output);
  names.$getWorkflowStaticData = staticData();
  addNatives(names, timers);
  addLazily(names, BODY_NATIVES);
  if (Array.isArray(given.items)) {
    Object.assign(names, dataGlobals(run, 0), { helpers: helpersFor(items, []), item: items[0] });
  } else {
    const { $jmespath, $jmesPath, DateTime, Interval, Duration, $now, $today } = dataGlobals(run, 0);
    Object.assign(names, { $jmespath, $jmesPath, DateTime, Interval, Duration, $now, $today });
  }
  Object.assign(names, given);
}

module.exports = { Timers, bindToItem, consoleFor, emptied, fillForBody, fillForNode, prepare };

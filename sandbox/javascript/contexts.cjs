'use strict';
// The vm context one run of user code lives in: prepared empty, then given the names of its dialect.

const vm = require('node:vm');
const { format } = require('node:util');
const { NodeRun, dataGlobals } = require('./node_data.cjs');
const { handOut } = require('./harden.cjs');
const { helpersFor } = require('./helpers.cjs');
const { bodyRequire, nodeRequire } = require('./modules.cjs');
const { ExpressionError } = require('./expression_error.cjs');
const { Realm } = require('./realm.cjs');

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
  return { names, context, own: new Set(Reflect.ownKeys(names)), inside: undefined };
}

/** Take every name out again that was put in after `prepare`; @returns whether that could be done. */
function emptied(prepared) {
  const { names, own, context } = prepared;
  const inside = (prepared.inside ??= vm.runInContext('globalThis', context)); // what code assigned lives there and in `names`
  return Reflect.ownKeys(names).every((key) => own.has(key) || Reflect.deleteProperty(inside, key));
}

/** Where the inputs of one code get their contexts: a fresh one each, or one for all where none can see another. */
class Contexts {
  #spare = new Map();
  #kept;
  #realm;
  #sharing = { keeps: false, watches: false, thorough: false };
  /** The names that the code can reach, as a Set, where it can reach no other; else null. */
  reached = null;

  /** Make one before it is asked for. */
  stock(dialect) {
    this.#spare.set(dialect, prepare(dialect));
  }

  /** @param sharing {reached, keeps, watches, thorough}: keep a context, if need be after looking it over each time */
  share({ reached, ...sharing }) {
    this.reached = reached;
    this.#sharing = sharing;
  }

  take(dialect) {
    if (this.#kept && emptied(this.#kept)) return this.#kept;
    const prepared = this.#spare.get(dialect) ?? prepare(dialect);
    this.#spare.delete(dialect);
    this.#kept = this.#sharing.keeps ? prepared : undefined;
    if (this.#sharing.keeps && this.#sharing.watches) this.#realm = new Realm(prepared.context);
    return prepared;
  }

  /** Let go of a context that the input before has changed; what it has left behind to be done is done first. */
  async review() {
    if (!this.#kept || !this.#sharing.watches) return;
    await new Promise((resume) => setImmediate(resume));
    if (emptied(this.#kept) && this.#realm.isUnchanged(this.#sharing.thorough)) return;
    this.#kept = undefined;
    this.#sharing = { keeps: false }; // it would do so again
  }
}

/** A console whose lines go to `output`; in a node n8n sends them to the browser, and reads all of what is logged. */
function consoleFor(output, { reads = false } = {}) {
  const shown = (arg) => (Object(arg) === arg && isExecutionContext(arg) ? '[[ExecutionContext]]' : arg);
  const write = (stream) => (...args) => output.write(stream, `${format(...args.map(shown))}\n`);
  const method = (name) => {
    if (SILENT.has(name)) return () => {};
    return name === 'assert' ? assertion(write('stderr')) : write(TO_STDERR.has(name) ? 'stderr' : 'stdout');
  };
  const methods = Object.fromEntries(CONSOLE_METHODS.map((name) => [name, method(name)]));
  if (!reads) return methods;
  const { log } = methods;
  return { ...methods, log: (...args) => (args.forEach((arg) => readThrough(arg)), log(...args)) };
}

/** Read a value as n8n does to make text of it; what its getters throw is thrown. */
function readThrough(value, known = new WeakSet()) {
  if (typeof value !== 'object' || value === null || known.has(value) || '__isExecutionContext' in value) return;
  known.add(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return void value.toJSON();
  for (const key in value) readThrough(value[key], known);
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

/** Put names in, in this order: {name: what makes its value}; those alone that the code reaches. */
function put(names, reached, makers) {
  for (const name of Object.keys(makers)) if (reached === null || reached.has(name)) names[name] = makers[name]();
}

function addLazily(names, reached, keys) {
  for (const key of keys) {
    if (reached !== null && !reached.has(key)) continue;
    Object.defineProperty(names, key, {
      enumerable: true,
      configurable: true,
      get: () => handOut(key),
      set: (value) => Object.defineProperty(names, key, { enumerable: true, configurable: true, writable: true, value }),
    });
  }
}

/** Buffer, timers and encodings that n8n hands through, in its order; some are loaded only when touched. */
function addNatives(names, reached, timers) {
  put(names, reached, { Buffer: () => Buffer });
  if (reached === null) Object.assign(names, timers.names()); // code that starts a timer reaches all
  put(names, reached, { btoa: () => btoa, atob: () => atob, TextDecoder: () => TextDecoder });
  addLazily(names, reached, ['TextDecoderStream']);
  put(names, reached, { TextEncoder: () => TextEncoder });
  addLazily(names, reached, ['TextEncoderStream', 'FormData']);
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
function fillForNode({ names }, reached, { run, rules, output, timers, given }) {
  put(names, reached, {
    __isExecutionContext: () => true,
    require: () => nodeRequire(rules.javascript_builtin_allow ?? [], rules.javascript_external_allow ?? []),
    console: () => consoleFor(output, { reads: true }),
    $getWorkflowStaticData: () => staticData(given.static_data),
  });
  addNatives(names, reached, timers);
  const isEach = rules.mode === 'runOnceForEachItem';
  if (!isEach) Object.assign(names, dataGlobals(run, 0, reached));
  put(names, reached, { helpers: () => helpersFor(run.items, given.responses ?? []) });
  if (!isEach) put(names, reached, { items: () => run.items });
}

function bindToItem({ names }, reached, run, index) {
  Object.assign(names, dataGlobals(run, index, reached));
  put(names, reached, { item: () => run.items[index] });
}

/** What a body sees of n8n when it is given no items. */
const WITHOUT_ITEMS = new Set(['$jmespath', '$jmesPath', 'DateTime', 'Interval', 'Duration', '$now', '$today']);

/** Fill a context for a plain body: n8n's data globals over `context.items`, then the context's own names. */
function fillForBody({ names }, reached, { given, output, timers }) {
  const hasItems = Array.isArray(given.items);
  const items = hasItems ? given.items : [];
  put(names, reached, {
    require: () => bodyRequire,
    console: () => consoleFor(output),
    $getWorkflowStaticData: () => staticData(),
  });
  addNatives(names, reached, timers);
  addLazily(names, reached, BODY_NATIVES);
  const wanted = hasItems ? reached : (reached?.intersection(WITHOUT_ITEMS) ?? WITHOUT_ITEMS);
  Object.assign(names, dataGlobals(new NodeRun({ items }), 0, wanted));
  if (hasItems) put(names, reached, { helpers: () => helpersFor(items, []), item: () => items[0] });
  Object.assign(names, given);
}

module.exports = { Contexts, Timers, bindToItem, consoleFor, fillForBody, fillForNode };

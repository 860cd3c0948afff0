'use strict';
// n8n's data globals over the items of one run: $input, $json, $('Node'), $node, $items, $jmespath, DateTime, ...

const jmespath = require('jmespath');
const { DateTime, Duration, Interval, Settings } = require('luxon');
const { viewOfArray } = require('./augment.cjs');
const { ExpressionError } = require('./expression_error.cjs');

const SHOWN = Object.freeze({ enumerable: true, configurable: true });
const UNSAFE_IN_QUERY = new RegExp(
  `\\b(?:${[
    '__proto__', 'prototype', 'constructor', 'getPrototypeOf', 'setPrototypeOf', 'getOwnPropertyDescriptor',
    'getOwnPropertyDescriptors', 'defineProperty', 'defineProperties', 'mainModule', 'binding', '_linkedBinding',
    '_load', 'prepareStackTrace', '__lookupGetter__', '__lookupSetter__', '__defineGetter__', '__defineSetter__',
    'caller', 'callee', 'arguments', 'getBuiltinModule',
  ].join('|')})\\b`,
);
const METADATA_LIMIT = 10;
const MORE_INFO =
  '<a target="_blank" href="https://docs.n8n.io/data/data-mapping/data-item-linking/item-linking-errors/">More info</a>';

/**
 * The run of a node as its code sees it.
 * @param run {items, node, workflow, execution, previous_node, upstream, variables, timezone, env_blocked}
 *   items: n8n items with `pairedItem`; upstream: {node name: n8n items}. All but items may be missing.
 */
class NodeRun {
  constructor(run) {
    this.items = run.items ?? [];
    this.node = { name: 'Code', typeVersion: 2, id: '00000000-0000-4000-8000-000000000000', parameters: {}, ...run.node };
    this.workflow = { id: 'workflow', name: 'My workflow', active: true, ...run.workflow };
    this.execution = { id: '1', mode: 'webhook', ...run.execution };
    this.upstream = new Map(Object.entries(run.upstream ?? {}));
    this.previous = run.previous_node ?? [...this.upstream.keys()].at(-1) ?? 'Items';
    if (!this.upstream.has(this.previous)) this.upstream.set(this.previous, this.items);
    this.variables = run.variables ?? {};
    this.env = run.env ?? null;
    this.timezone = run.timezone ?? 'UTC';
  }
}

/** An object whose properties are computed; it has any name, and shows `keys` when it is enumerated. */
function computed(keys, get) {
  return new Proxy({}, {
    has: () => true,
    ownKeys: () => keys,
    getOwnPropertyDescriptor: () => SHOWN,
    get: (target, key, receiver) => (key === 'isProxy' ? true : get(key, target, receiver)),
  });
}

function missingNode() {
  return new ExpressionError("Referenced node doesn't exist");
}

/** Whether the workflow has such a node: one with output, or the code node itself. */
const isKnown = (run, name) => run.upstream.has(name) || run.node.name === name;

function outputOf(run, name) {
  if (!isKnown(run, name)) throw missingNode();
  const items = run.upstream.get(name);
  if (items === undefined) throw new ExpressionError(`Node '${name}' hasn't been executed`);
  return items;
}

/** The input, or an upstream output, as a fresh view each; one view a run and node, as changes must be seen again. */
function viewsOf(run) {
  const views = new Map();
  return (name) => {
    if (!views.has(name)) views.set(name, viewOfArray(outputOf(run, name)));
    return views.get(name);
  };
}

function inputOf(run, input, index) {
  const noArguments = (method, args) => {
    if (args.length) {
      throw new ExpressionError(
        `$input.${method}() takes no arguments. To get items from a specific upstream node, use $('NodeName').${method}() ` +
          `(or $('NodeName').all() for every item).`,
      );
    }
  };
  const methods = {
    first: () => (...args) => (noArguments('first', args), input[0] || undefined),
    last: () => (...args) => (noArguments('last', args), input[input.length - 1] || undefined),
    all: () => () => (input.length ? input : []),
    item: () => input[index],
    context: () => ({}),
    params: () => ({}),
  };
  return computed(['all', 'context', 'first', 'item', 'last', 'params'], (key, target, receiver) => {
    return Object.hasOwn(methods, key) ? methods[key]() : Reflect.get(target, key, receiver);
  });
}

function pairedItem(run, output, input, name, index, method) {
  if (!input[index]) {
    throw new ExpressionError(
      'Can\u2019t get data',
      `Some intermediate nodes between \u2018<strong>${name}</strong>\u2018 and  \u2018<strong>${run.node.name}</strong>\u2018 ` +
        'have not executed yet.',
    );
  }
  const item = output.length === 1 ? output[0] : output[input[index].pairedItem?.item ?? index];
  if (item === undefined) {
    throw new ExpressionError(
      `Paired item data for ${method} from node '${name}' is unavailable. Ensure '${name}' is providing the required output.`,
    );
  }
  return item;
}

/** n8n sends its runner no data for this function: it fails whatever it is given. */
function getPairedItem(name, source, paired) {
  const previous = paired.sourceOverwrite || source;
  if (!previous) throw new ExpressionError('Data not found', `Could not trace back to node '${name}'`);
  throw new ExpressionError('Missing output', `Expected output #0 from node ${previous.previousNode}`);
}

/** One output of one run of a node; what is given here has one of each. */
function branchOf(view, name, output, run) {
  const items = view(name);
  if (run) throw new ExpressionError(`Run ${run} of node "${name}" not found`);
  if (output && output !== '0') throw new ExpressionError(`Node "${name}" has no branch with index ${output}.`);
  return items;
}

function dollar(run, view, input, index) {
  return (given) => {
    const name = given || run.previous;
    if (!isKnown(run, name)) throw missingNode();
    const branch = (output, at) => branchOf(view, name, output, at);
    const paired = (method) => (at) => {
      if (!run.upstream.has(name)) throw new ExpressionError('Invalid expression', `undefined ${MORE_INFO}`);
      if (at === undefined && method === 'itemMatching') {
        throw new ExpressionError('Missing item index for .itemMatching()');
      }
      return pairedItem(run, view(name), input, name, at ?? index, method);
    };
    const methods = {
      isExecuted: () => run.upstream.has(name),
      first: () => branch() && ((output, at) => branch(output, at)[0] || undefined),
      last: () => branch() && ((output, at) => branch(output, at).at(-1) || undefined),
      all: () => branch() && ((output, at) => branch(output, at)),
      item: () => paired('item')(),
      pairedItem: () => paired('pairedItem'),
      itemMatching: () => paired('itemMatching'),
      context: () => ({}),
      params: () => ({}),
    };
    return computed([], (key, target, receiver) =>
      Object.hasOwn(methods, key) ? methods[key]() : Reflect.get(target, key, receiver),
    );
  };
}

const tooFewItems = (name, count, index) =>
  new ExpressionError(`"${name}" node has ${count} item(s) but you're trying to access item ${index}`);

/** `$node["X"]`: the item at this run's index of that node's output. */
function nodesOf(run, view, index) {
  return computed([], (name) => {
    if (!isKnown(run, name.toString())) throw missingNode();
    return computed([], (key, target, receiver) => {
      const items = view(name.toString());
      if (key === 'runIndex') return 0;
      if (key === 'context' || key === 'parameter') return {};
      if (!['json', 'data', 'binary'].includes(key)) return Reflect.get(target, key, receiver);
      if (items.length === 0) throw new ExpressionError(`Node '${name.toString()}' hasn't been executed`);
      if (items.length <= index) {
        throw tooFewItems(name.toString(), items.length, index);
      }
      return key === 'binary' ? binaryOf(items[index]) : items[index].json;
    });
  });
}

/** Binary data without its bytes, as `$binary` shows it. */
function binaryOf(item) {
  return Object.fromEntries(
    Object.entries(item?.binary ?? {}).map(([name, { data: _bytes, ...about }]) => [name, about]),
  );
}

function search(data, query) {
  if (typeof data !== 'object' || typeof query !== 'string') {
    throw new ExpressionError('expected two arguments (Object, string) for this function');
  }
  if (query.includes('\\') || UNSAFE_IN_QUERY.test(query)) {
    throw new ExpressionError('Cannot access this property in a jmespath query due to security concerns');
  }
  return jmespath.search(Array.isArray(data) ? data : { ...data }, query);
}

function fromAi(input, runIndex) {
  return (name, _description, _type = 'string', otherwise = undefined) => {
    if (!name) throw new ExpressionError("Add a key, e.g. $fromAI('placeholder_name')");
    if (!/^[a-zA-Z0-9_-]{0,64}$/.test(name)) {
      throw new ExpressionError(
        'Invalid parameter key, must be between 1 and 64 characters long and only contain lowercase letters, ' +
          'uppercase letters, numbers, underscores, and hyphens',
      );
    }
    if (UNSAFE_IN_QUERY.test(name)) throw new ExpressionError('Invalid parameter key');
    const data = input[runIndex]?.json;
    if (!data) throw new ExpressionError('No execution data available');
    const own = (holder) => (holder && Object.hasOwn(Object(holder), name) ? holder[name] : undefined);
    return own(Object.hasOwn(data, 'query') ? data.query : undefined) ?? own(data) ?? otherwise;
  };
}

/** `$execution.customData`: at most ten texts, kept for this run only. */
function customData(mode) {
  const kept = {};
  const refuse = (message) => {
    if (mode === 'manual') throw new ExpressionError(message);
  };
  const set = (key, value) => {
    if (!(key in kept) && Object.keys(kept).length >= METADATA_LIMIT) return;
    if (typeof key !== 'string') return refuse(`Custom data key must be a string (key "${String(key)}")`);
    if (key.replace(/[\p{L}\p{N}\p{M}_]/gu, '').length !== 0) {
      return refuse(`Custom data key can only contain letters, numbers, and underscores (key "${key}")`);
    }
    if (!['string', 'number', 'bigint'].includes(typeof value)) {
      return refuse(`Custom data value must be a string or number (key "${key}")`);
    }
    kept[key.slice(0, 50)] = String(value).slice(0, 512);
  };
  return {
    set,
    setAll: (values) => Object.entries(values).forEach(([key, value]) => set(key, value)),
    get: (key) => kept[String(key).slice(0, 50)],
    getAll: () => ({ ...kept }),
  };
}

function environment(run) {
  return new Proxy({}, {
    has: () => true,
    get(_target, key) {
      if (key === 'isProxy') return true;
      if (run.env === null) throw new ExpressionError('access to env vars denied');
      return run.env[key.toString()];
    },
  });
}

function evaluateExpression() {
  throw new ExpressionError(
    "$evaluateExpression can't be used in the Code node while task runners run in secure mode",
    'Secure-mode task runners disable evaluating strings as code, which expressions rely on. Evaluate the expression ' +
      'in a node field instead, for example an Edit Fields (Set) node before the Code node.',
  );
}

function executionOf(run) {
  const { id, mode } = run.execution;
  return {
    id,
    mode: mode === 'manual' ? 'test' : 'production',
    resumeUrl: `http://localhost:5678/webhook-waiting/${id}`,
    resumeFormUrl: `http://localhost:5678/form-waiting/${id}`,
    customData: customData(mode),
  };
}

/** What the data globals of one item share, each made when it is first asked for. */
class Scope {
  #now;
  #execution;
  #data;

  constructor(run, index) {
    Settings.defaultZone = run.timezone;
    this.run = run;
    this.index = index;
    this.view = viewsOf(run);
    this.input = viewOfArray(run.items);
    void this.input[index]?.json; // read first, as in n8n: what is then put into `items` is not seen in the view
  }

  get now() {
    return (this.#now ??= DateTime.now());
  }

  get execution() {
    return (this.#execution ??= executionOf(this.run));
  }

  get item() {
    return this.input[this.index];
  }

  get fill() {
    return (this.#data ??= fromAi(this.input, 0));
  }
}

const parametersOf = ({ node: { parameters } }) => computed(Object.keys(parameters), (name) => parameters[name]);

const previousNode = (run) =>
  computed(['name', 'outputIndex', 'runIndex'], (key) =>
    key === 'name' ? run.previous : key === 'outputIndex' || key === 'runIndex' ? 0 : undefined,
  );

/** The data globals, in n8n's order: {name: what makes its value in a Scope}. */
const GLOBALS = {
  $: ({ run, view, input, index }) => dollar(run, view, input, index),
  $input: ({ run, input, index }) => inputOf(run, input, index),
  $binary: ({ input, item }) => (input.length ? binaryOf(item) : undefined),
  $data: ({ item }) => item?.json,
  $env: ({ run }) => environment(run),
  $evaluateExpression: () => evaluateExpression,
  $item: ({ run }) => (at) => globalsOfItem(run, at),
  $fromAI: ({ fill }) => fill,
  $fromai: ({ fill }) => fill,
  $fromAi: ({ fill }) => fill,
  $items: ({ view, input }) => (name, output, at) => (name === undefined ? input : branchOf(view, name, output, at)),
  $tool: ({ input }) => (input[0]?.json ? { name: undefined, parameters: undefined } : undefined),
  $json: ({ item }) => item?.json,
  $node: ({ run, view, index }) => nodesOf(run, view, index),
  $self: () => computed([], () => undefined),
  $parameter: ({ run }) => parametersOf(run),
  $rawParameter: ({ run }) => parametersOf(run),
  $prevNode: ({ run }) => previousNode(run),
  $runIndex: () => 0,
  $mode: ({ run }) => run.execution.mode,
  $workflow: ({ run }) => computed(['active', 'id', 'name'], (key) => run.workflow[key]),
  $itemIndex: ({ index }) => index,
  $now: ({ now }) => now,
  $today: ({ now }) => now.set({ hour: 0, minute: 0, second: 0, millisecond: 0 }),
  $jmesPath: () => search,
  DateTime: () => DateTime,
  Interval: () => Interval,
  Duration: () => Duration,
  $execution: ({ execution }) => execution,
  $evaluation: () => undefined,
  $vars: ({ run }) => run.variables,
  $secrets: () => undefined,
  $executionId: ({ run }) => run.execution.id,
  $resumeWebhookUrl: ({ execution }) => execution.resumeUrl,
  $getPairedItem: () => getPairedItem,
  $jmespath: () => search,
  $position: ({ index }) => index,
  $thisItem: ({ item }) => item,
  $thisItemIndex: ({ index }) => index,
  $thisRunIndex: () => 0,
  $nodeVersion: ({ run }) => run.node.typeVersion,
  $nodeId: ({ run }) => run.node.id,
  $agentInfo: () => undefined,
  $webhookId: ({ run }) => run.node.webhookId,
};
const NAMES = Object.keys(GLOBALS);

/**
 * The data globals of one run, in n8n's order.
 * @param run a NodeRun
 * @param index the item that `$json`, `$input.item`, ... are bound to
 * @param wanted a Set of the names that are needed; null for all
 */
function dataGlobals(run, index, wanted = null) {
  const globals = {};
  const names = wanted === null ? NAMES : NAMES.filter((name) => wanted.has(name));
  if (names.length === 0) return globals;
  const scope = new Scope(run, index);
  for (const name of names) globals[name] = GLOBALS[name](scope);
  return globals;
}

/** `$item(at)`: as `dataGlobals`, but what is asked of an item that is not there fails. */
function globalsOfItem(run, at) {
  const globals = dataGlobals(run, at);
  if (at >= 0 && at < run.items.length) return globals;
  const get = () => {
    if (at < 0) throw new TypeError("Cannot read properties of undefined (reading 'json')");
    throw tooFewItems(run.node.name, run.items.length, at);
  };
  for (const name of ['$json', '$data', '$binary']) Object.defineProperty(globals, name, { get, enumerable: true });
  return globals;
}

/** Functions that all runs share. */
const dataFunctions = [search, evaluateExpression, getPairedItem];

module.exports = { NodeRun, dataFunctions, dataGlobals, tooFewItems };

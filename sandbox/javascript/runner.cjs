'use strict';
// A Node child of the sandbox: warms itself up, reads one request, answers one frame for each context, and ends.

const { startupSnapshot } = require('node:v8');
const vm = require('node:vm');
const { readFrame, writeText } = require('./frames.cjs');
const { Contexts, Timers, bindToItem, consoleFor, fillForBody, fillForNode } = require('./contexts.cjs');
const { NodeRun, tooFewItems } = require('./node_data.cjs');
const { OPENING, SCRIPT, Unspeakable, isSpeakable, nodeFault, plainFault } = require('./faults.cjs');
const { isPlainJson, lossesIn } = require('./losses.cjs');
const { watchable } = require('./realm.cjs');
const { harden, restore } = require('./harden.cjs');
const { isOwnName, isTame, wordsOf } = require('./tame.cjs');

const BARE = process.argv.includes('--bare');
const CHUNK = 1000; // n8n runs each-item code in chunks of so many items, each in a context of its own
const USES_INPUT = /\$input|\$json|\$items?\b|\$node\b|\$\(|\bitems?\b/;

const MAX_DEPTH = 200; // as in sandbox.frames

class OutputOverflow extends Error {}

class TooDeep extends Error {
  name = 'ResultError';
}

/** Captured console output; past the bound the run is over at once, whatever the code catches. */
class Output {
  constructor(limit) {
    this.limit = limit;
    this.stdout = '';
    this.stderr = '';
    this.overflowed = null;
  }

  write(stream, text) {
    if (this.overflowed) throw this.overflowed;
    if (this[stream].length + text.length > this.limit) {
      this[stream] += text.slice(0, this.limit - this[stream].length);
      this.overflowed = new OutputOverflow(`The code wrote more than ${this.limit} bytes to ${stream}`);
      current.fail(this.overflowed);
      throw this.overflowed;
    }
    this[stream] += text;
  }
}

/** Ends of the run under way that do not come from the code's own promise. */
const current = {
  fail: () => {},
  stray: (error, kind) => current.fail(new Stray(error, kind)),
};

/** An error outside the awaited code: a timer that throws, a promise nobody awaits. n8n's runner dies of it. */
class Stray {
  constructor(error, kind) {
    this.error = error;
    this.kind = kind;
  }
}

/** The promise of a run that nothing can settle any more. */
class NeverSettles {}

function watchLoop() {
  process.on('uncaughtException', (error) => current.stray(error, 'timer'));
  process.on('unhandledRejection', (error) => current.stray(error, 'rejection'));
  process.on('beforeExit', () => current.fail(new NeverSettles()));
}

/** Wait for the code's promise, or for whatever ends the run before. */
function settled(start) {
  return new Promise((resolve, reject) => {
    current.fail = reject;
    void start().then(resolve).catch(reject);
  });
}

let compiled;

/** Compile the code as the body of a function, once; its syntax error is the user's, not one of this realm. */
function compile(code) {
  if (compiled?.code === code) return compiled.script;
  try {
    const script = new vm.Script(`${OPENING}${code}\n}()`, { filename: SCRIPT });
    compiled = { code, script };
    return script;
  } catch (error) {
    throw { name: error.name, message: error.message, stack: error.stack };
  }
}

async function runBody(request, given, output, timers) {
  const prepared = contexts.take('body');
  fillForBody(prepared, contexts.reached, { given, output, timers });
  return await settled(() => compile(request.code).runInContext(prepared.context));
}

/** For tests of the wall alone: the code has all that Node has, and only the operating system holds it. */
async function runBare(request, given, output) {
  const names = { require: require('node:module').createRequire(__filename), console: consoleFor(output), ...given };
  const AsyncFunction = (async () => {}).constructor;
  const body = new AsyncFunction(...Object.keys(names), request.code);
  return await settled(() => body.apply(globalThis, Object.values(names)));
}

async function runNode(request, given, output, timers, warnings) {
  const { rules, code } = request;
  if (!code) throw new Unspeakable(new Error('there is no code to run'));
  const run = new NodeRun(USES_INPUT.test(code) ? given : { ...given, items: [] });
  if (rules.mode === 'runOnceForEachItem') return await runEach(request, given, run, output, timers, warnings);
  const prepared = contexts.take('node');
  fillForNode(prepared, contexts.reached, { run, rules, output, timers, given });
  try {
    const result = await settled(() => compile(code).runInContext(prepared.context));
    return result === null ? [] : result;
  } catch (error) {
    if (!rules.continue_on_fail || isFinal(error)) throw error;
    return [{ json: { error: nodeFault(error).message } }];
  }
}

async function runEach(request, given, run, output, timers, warnings) {
  const returned = [];
  const { rules, code } = request;
  let prepared;
  for (let index = 0; index < given.items.length; index++) {
    if (index === CHUNK && !USES_INPUT.test(code)) throw tooFewItems(run.node.name, CHUNK, CHUNK); // n8n sends no items then
    if (index % CHUNK === 0) {
      prepared = contexts.take('node');
      fillForNode(prepared, contexts.reached, { run, rules, output, timers, given });
    }
    bindToItem(prepared, contexts.reached, run, index);
    try {
      const result = await settled(() => compile(code).runInContext(prepared.context));
      if (result) returned.push(itemOf(result, index, warnings));
    } catch (error) {
      if (!rules.continue_on_fail || isFinal(error)) throw error;
      returned.push({ json: { error: nodeFault(error).message }, pairedItem: { item: index } });
    }
  }
  return returned;
}

const KEPT = new Set(['json', 'binary', 'pairedItem']);

/** Wrap what each-item code returned; keys beside `json` and `binary` are lost, as in n8n. */
function itemOf(result, index, warnings) {
  const isObject = Object(result) === result;
  const json = isObject && 'json' in result ? result.json : isObject && 'binary' in result ? {} : result;
  const lost = isObject && json !== result ? Object.keys(result).filter((key) => !KEPT.has(key)) : [];
  if (lost.length && !warnings.length) warnings.push(`item ${index}: ${lost.join(', ')} beside json is lost`);
  const item = { json, pairedItem: { item: index } };
  return result.binary ? { ...item, binary: result.binary } : item;
}

/** Whether the node fails of this error even when it goes on after errors. */
const isFinal = (error) => isEnd(error) || !isSpeakable(error);
const isEnd = (error) => error instanceof Stray || error instanceof NeverSettles || error instanceof OutputOverflow;

function endFault(error) {
  if (error instanceof NeverSettles) {
    return {
      type: 'NeverSettles',
      message: 'The code awaits a promise that nothing can settle any more: it would wait for ever',
      hint: 'resolve or reject every promise you create, and await only promises that settle',
    };
  }
  if (error instanceof OutputOverflow) return { type: 'OutputLimit', message: error.message, hint: 'print less' };
  const fault = plainFault(error.error);
  const where = error.kind === 'timer' ? 'a timer or event callback' : 'a promise that nobody awaits';
  return { ...fault, rule: `stray/${error.kind}`, hint: `it was thrown in ${where}; catch it there` };
}

/** JSON text of a result, of which undefined has none, and warnings of what the text does not hold: {text, warnings}. */
function serialised(result, limit, node) {
  let text;
  try {
    text = JSON.stringify(result);
  } catch (error) {
    throw node ? new Unspeakable(error) : error;
  }
  if (text === undefined) return { text, warnings: lossesIn(result) };
  if (Buffer.byteLength(text) > limit) throw new OutputOverflow(`The result is larger than ${limit} bytes`);
  if (isPlainlyJson(result)) return { text, warnings: [] };
  if (text.length > MAX_DEPTH && depthOf(text) > MAX_DEPTH) {
    throw new TooDeep(`The result is nested deeper than ${MAX_DEPTH} levels`);
  }
  return { text, warnings: lossesIn(result) };
}

/** The quick answer for nearly all results; what a getter throws at the second reading is no news. */
function isPlainlyJson(result) {
  try {
    return isPlainJson(result, MAX_DEPTH);
  } catch {
    return false;
  }
}

/** Levels of lists and objects in JSON text. */
function depthOf(text) {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 34) {
      while (text.charCodeAt(++at) !== 34) if (text.charCodeAt(at) === 92) at++; // to the end of a text
    } else if (character === 123 || character === 91) {
      deepest = Math.max(deepest, ++depth);
    } else if (character === 125 || character === 93) {
      depth--;
    }
  }
  return deepest;
}

const cpuMilliseconds = ({ userCPUTime, systemCPUTime } = process.resourceUsage()) => (userCPUTime + systemCPUTime) / 1000;

/** Run the code once; @returns the JSON text of the answer frame. */
async function answer(request, given, limits) {
  const output = new Output(limits.output_bytes);
  const timers = new Timers();
  const node = request.dialect === 'node';
  const started = cpuMilliseconds();
  const runStarted = process.hrtime.bigint();
  const warnings = [];
  let result = 'null';
  let fault = null;
  let killedBy;
  try {
    const value = await (node ? runNode : BARE ? runBare : runBody)(request, given, output, timers, warnings);
    if (output.overflowed) throw output.overflowed;
    const { text, warnings: losses } = serialised(value, limits.result_bytes, node);
    result = node ? (text === undefined ? '{}' : `{"returned":${text}}`) : (text ?? 'null');
    limits.result_bytes -= result.length;
    if (Object(value) === value) warnings.push(...losses);
  } catch (error) {
    fault = isEnd(error) ? endFault(error) : node ? nodeFault(error) : plainFault(error);
    killedBy = error instanceof OutputOverflow ? 'output' : undefined;
  }
  current.fail = () => {};
  const left = timers.stop();
  if (left && node) warnings.push(`${left} timer(s) still running when the code returned: n8n never clears them`);
  const used = process.resourceUsage();
  const rest = JSON.stringify({
    stdout: output.stdout,
    stderr: output.stderr,
    error: fault,
    cpu_ms: cpuMilliseconds(used) - started,
    run_ms: Number(process.hrtime.bigint() - runStarted) / 1e6,
    peak_mb: used.maxRSS / 1024,
    warnings,
    killed_by: killedBy,
  });
  return `{"ok":${fault === null},"result":${fault === null ? result : 'null'},${rest.slice(1)}`;
}

const contexts = new Contexts();

const DEFAULT_LIMITS = { output_bytes: 1_000_000, result_bytes: 16_000_000 };
const WARM_UP = {
  code: 'console.log("warm", $json); const rows = $input.all().map((i) => ({ json: { ...i.json, at: DateTime.now().toISO() } })); return rows;',
  given: { items: [{ json: { value: 1 }, pairedItem: { item: 0 } }] },
};

/** Run every part once, so that the request finds it compiled, and leave a fresh context of each dialect. */
async function warmUp() {
  for (const dialect of ['node', 'body']) {
    const request = { code: WARM_UP.code, dialect, rules: { mode: 'runOnceForAllItems' } };
    await answer(request, WARM_UP.given, { ...DEFAULT_LIMITS });
    await answer({ ...request, code: 'throw new Error("warm")' }, WARM_UP.given, { ...DEFAULT_LIMITS });
    contexts.stock(dialect);
  }
}

const LUXON = ['DateTime', 'Duration', 'Interval'];

/** From so many inputs on, looking a realm over costs less than making new ones. */
const WORTH_WATCHING = 16;

/** Prepare for what can be told from the code: whether inputs may share a context, and which names it can reach. */
function prepareFor({ code, contexts: inputs, dialect }) {
  const runs = inputs.reduce((sum, { items }) => sum + (dialect === 'node' && Array.isArray(items) ? items.length : 1), 0);
  if (runs < 2 || BARE || typeof code !== 'string') return;
  // names of the language that an input takes for itself would outlast it
  const keeps = dialect === 'node' || inputs.every((given) => Object.keys(given).every(isOwnName));
  if (isTame(code)) return contexts.share({ reached: wordsOf(code), keeps, watches: false });
  const seen = keeps && inputs.length >= WORTH_WATCHING ? watchable(code) : null;
  if (seen) contexts.share({ ...seen, keeps, watches: true });
}

/** Undo what an input may have left behind outside its context. */
function tidyUp() {
  if (contexts.reached === null || LUXON.some((name) => contexts.reached.has(name))) restore();
}

async function serve() {
  const request = readFrame();
  const limits = { ...DEFAULT_LIMITS, ...request.limits };
  request.rules ??= {};
  prepareFor(request);
  for (const given of request.contexts) {
    writeText(await answer(request, given, limits));
    await contexts.review();
    tidyUp();
  }
}

async function main() {
  if (!BARE) harden();
  watchLoop();
  await warmUp();
  writeText('{"ready":true}');
  await serve();
  process.reallyExit(0);
}

// In a snapshot all modules are loaded already; the rest is done in each child.
if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(() => void main());
else void main();

'use strict';
// From whatever user code throws to a report: n8n's own message, and the type, line and frames that n8n leaves out.

const SCRIPT = 'evalmachine.<anonymous>';
const WRAPPER = 'VmCodeWrapper';
/** What stands before the code on its first line in n8n; it becomes the message of a syntax error far to the right. */
const FIRST_LINE = [
  'globalThis.global = globalThis', 'var module = { exports: {} }', 'Object.getPrototypeOf = () => ({})',
  'Reflect.getPrototypeOf = () => ({})', 'Object.setPrototypeOf = () => false', 'Reflect.setPrototypeOf = () => false',
  'delete Error.prepareStackTrace', 'delete Error.captureStackTrace',
  ...['prepareStackTrace', 'captureStackTrace'].map(
    (name) => `Object.defineProperty(Error, "${name}", { configurable: false, writable: false, value: undefined })`,
  ),
  'Object.defineProperty = () => ({})', 'Object.defineProperties = () => ({})',
  '[Object, Function, Array, String, Number, Boolean, RegExp, Error, TypeError, RangeError, SyntaxError, ' +
    'ReferenceError, Promise, Symbol, Map, Set, WeakMap, WeakSet, Date, JSON, Math, Reflect, ArrayBuffer, DataView, ' +
    'Int8Array, Uint8Array, Float32Array, Float64Array].forEach((constructor) => { try { Object.freeze(constructor); } ' +
    'catch {} })',
  `module.exports = async function ${WRAPPER}() {`,
].join('; ');
/** What stands there in ours: blanks for most of it, so that columns are n8n's. */
const OPENING = `module.exports = async function ${WRAPPER}() {`.padStart(FIRST_LINE.length);
const HEADER = /^(?<type>\S.*?): (?<details>.+)$/;
const FRAME = /^\s+at\s/;
const CARET = /^\s*\^+\s*$/;
const NAMED_FRAME = /\(evalmachine\.<anonymous>:\d+:\d+\)/;
const LINE = /evalmachine\.<anonymous>:(\d+)/;
const MAX_FRAMES = 20;
const MAX_TEXT = 4000;

const rowsOf = (stack) => (typeof stack === 'string' ? stack.split(/\r?\n/) : []);

/** The line n8n prints: the first named function of the user's, else the row of the whole body. */
function lineOf(stack) {
  const rows = rowsOf(stack);
  const row =
    rows.find((text) => NAMED_FRAME.test(text) && !text.includes(WRAPPER)) ??
    rows.find((text) => text.includes(WRAPPER) && text.includes(SCRIPT));
  const match = row && /evalmachine\.<anonymous>:(\d+):/.exec(row);
  return match ? Number(match[1]) : undefined;
}

/** The innermost line of the user's source, which n8n may leave out or give for an outer function. */
function innermostLine(stack) {
  const rows = rowsOf(stack);
  const row = rows.find((text) => FRAME.test(text) && LINE.test(text)) ?? rows.find((text) => text.startsWith(SCRIPT));
  return row ? Number(LINE.exec(row)[1]) : undefined;
}

/** The row that says `Type: message`, past the source excerpt that a syntax error begins with. */
function headerOf(stack) {
  const rows = rowsOf(stack);
  if (rows[0] === `${SCRIPT}:1`) rows[1] = rows[1]?.replace(OPENING, () => FIRST_LINE);
  const first = rows.findIndex((text) => FRAME.test(text));
  const header = first === -1 ? rows : rows.slice(0, first);
  const excerpt = header.findLastIndex((text) => CARET.test(text)) + 1;
  return header.slice(excerpt).find((text) => HEADER.test(text))?.match(HEADER)?.groups;
}

function framesOf(stack) {
  const frames = rowsOf(stack).filter((text) => FRAME.test(text) && text.includes(SCRIPT));
  return frames.slice(0, MAX_FRAMES).map((text) => text.trim().replaceAll(SCRIPT, 'code')).join('\n');
}

const text = (value) => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : undefined);

/** Read a property of something hostile. */
function read(value, key) {
  try {
    return value[key];
  } catch {
    return undefined;
  }
}

const isOurs = (error) => error instanceof Error;

/** A result that cannot become JSON, or a thrown value that has no text: n8n loses the error and says it is unknown. */
class Unspeakable {
  constructor(cause) {
    this.cause = cause;
  }
}

/** What is left of an error on its way from the runner to n8n, as JSON. */
function remnantWords(cause) {
  let remnant;
  try {
    const json = JSON.stringify(cause);
    remnant = json === undefined ? undefined : JSON.parse(json);
  } catch {
    remnant = {};
  }
  if (Object(remnant) !== remnant) return { message: text(`Unknown error: ${JSON.stringify(remnant)}`) };
  const { message, description } = remnant;
  return { message: typeof message === 'string' ? text(message) : 'Unknown error', description: text(description) };
}

/** What n8n would say: {message, description, line}; errors of its own globals carry no line. */
function n8nWords(error) {
  if (error instanceof Unspeakable) return remnantWords(error.cause);
  if (isOurs(error)) {
    return { message: text(error.message) || 'Unknown error', description: text(error.description), line: error.lineNumber };
  }
  const message = typeof error === 'object' && error !== null ? read(error, 'message') : undefined;
  if (typeof message !== 'string') return { message: thrownValue(error) };
  const stack = read(error, 'stack');
  const line = lineOf(stack);
  const header = headerOf(stack);
  const words = `${header?.details.trim() || message || 'Unknown error'} ${line === undefined ? '' : `[line ${line}]`}`;
  const type = header?.type;
  return { message: text(words.trim()), description: type?.toLowerCase() === 'error' ? undefined : text(type), line };
}

function unspokenHint(cause) {
  if (Object(cause) !== cause) return 'throw an Error with a message';
  const words = text(read(cause, 'message'))?.split('\n')[0];
  return words ? `n8n hides the cause: ${words}` : 'return plain values, and throw an Error with a message';
}

/** Whether n8n can carry on after this error; it cannot where it fails to put it into words. */
function isSpeakable(error) {
  if (isOurs(error) || typeof read(Object(error), 'message') === 'string') return true;
  try {
    return JSON.stringify(error) !== undefined;
  } catch {
    return false;
  }
}

/** `throw {a: 1}` is reported as its JSON; what has none is unknown to n8n. */
function thrownValue(value) {
  try {
    return text(JSON.stringify(value)) ?? 'Unknown error';
  } catch {
    return 'Unknown error';
  }
}

function typeOf(error) {
  const name = read(error, 'name') ?? read(read(error, 'constructor'), 'name');
  return typeof name === 'string' && name ? name.slice(0, 100) : 'Error';
}

/** @returns {type, message, description, line, hint, traceback} in n8n's words */
function nodeFault(error) {
  const words = n8nWords(error);
  const told = error instanceof Unspeakable ? error.cause : error;
  const stack = read(Object(told), 'stack');
  return {
    hint: error instanceof Unspeakable ? unspokenHint(error.cause) : null,
    type: Object(told) === told ? typeOf(told) : 'Error',
    message: words.message,
    description: words.description ?? null,
    line: innermostLine(stack) ?? words.line ?? null,
    traceback: framesOf(stack) || null,
  };
}

const ABSENT = /^(process|fetch|XMLHttpRequest|WebSocket|EventSource|Worker|Deno|Bun|importScripts|__dirname|__filename) is not defined/;

/** Why something was refused that Node would allow, as a hint; the error itself stays as the code met it. */
function refusalHint(message) {
  const absent = ABSENT.exec(message);
  if (absent) return `${absent[1]} is not allowed here: no process, no files, no network`;
  if (message.startsWith('Code generation from strings')) return 'eval and new Function are not allowed here';
  if (message.startsWith('A dynamic import callback')) return 'import() is not allowed here; require an allowed module';
  return null;
}

/** The same in JavaScript's own words, for code that is no code node. */
function plainFault(error) {
  if (Object(error) !== error) return { type: 'Error', message: thrownValue(error), line: null, traceback: null };
  const stack = read(error, 'stack');
  const message = text(read(error, 'message')) ?? thrownValue(error);
  const hint = refusalHint(message);
  return { type: typeOf(error), message, line: innermostLine(stack) ?? null, hint, traceback: framesOf(stack) || null };
}

module.exports = { OPENING, SCRIPT, WRAPPER, Unspeakable, isSpeakable, lineOf, nodeFault, plainFault, read };

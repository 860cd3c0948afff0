'use strict';
// Code that cannot change its realm: such code may run on many inputs in one context, and no input sees another.
//
// The proof is over the raw text, strings and comments included, so that nothing rests on a parser: tame code is
// synchronous, gets no built-in object or function as a value (only calls it), and computes no property name. It then
// holds nothing that is older than its input. Whatever is not recognised is not tame, and costs a context an input.

const vm = require('node:vm');

/** Globals of this realm that a run gets anew, or shares with all others unchangeably. */
const GIVEN = new Set(['Buffer', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'atob', 'btoa', 'console', 'structuredClone']);
const CALLED = new Set([
  'Array', 'BigInt', 'Boolean', 'Date', 'Error', 'Map', 'Number', 'Object', 'RangeError', 'Set', 'String', 'TypeError',
  'decodeURIComponent', 'encodeURIComponent', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
]);
const HARMLESS = new Set(['Infinity', 'NaN', 'undefined']);
/** Functions and constants of the built-in objects that hand out none of them. */
const MEMBERS = {
  Array: ['from', 'isArray', 'of'],
  Date: ['UTC', 'now', 'parse'],
  JSON: ['parse', 'stringify'],
  Math: [
    'abs', 'cbrt', 'ceil', 'cos', 'exp', 'floor', 'hypot', 'log', 'log10', 'log2', 'max', 'min', 'pow', 'random', 'round',
    'sign', 'sin', 'sqrt', 'tan', 'trunc',
  ],
  Number: ['isFinite', 'isInteger', 'isNaN', 'isSafeInteger', 'parseFloat', 'parseInt'],
  Object: ['assign', 'entries', 'fromEntries', 'hasOwn', 'is', 'keys', 'values'],
  String: ['fromCharCode', 'fromCodePoint'],
};
const CONSTANTS = { Math: ['E', 'PI'], Number: ['EPSILON', 'MAX_SAFE_INTEGER', 'MIN_SAFE_INTEGER'] };
const NEVER = new Set([
  'AbortController', 'AbortSignal', 'Intl', 'Symbol', 'WebAssembly', 'apply', 'arguments', 'async', 'await', 'bind', 'call', 'callee', 'caller',
  'class', 'constructor', 'eval', 'global', 'globalThis', 'helpers', 'import', 'module', 'performance', 'prototype',
  'queueMicrotask', 'require', 'setImmediate', 'setInterval', 'setTimeout', 'super', 'then', 'this', 'valueOf', 'with',
  'yield', 'FormData', 'TextDecoderStream', 'TextEncoderStream',
]);

const MAX_LENGTH = 6000; // what is longer costs more to look at than it saves
const MAX_BRACKETS = 100;
const KEYWORD_BEFORE_LIST = /(?:^|[^\w$.\x80-\uffff])(?:return|case|(?:const|let) +[\w$]+ +of)[ \t]*$/;
const KEYWORD_AS_MEMBER = /\.\s*(?:\/[/*]|(?:return|throw|case)\b)/;
const KEYWORD_AS_KEY = /^(?:['"]|\s*:|\s*\/[/*])/;
const MAY_HAVE_MEMBERS = /[\w$)\]}'"`./?\x80-\uffff]\s*$/;
const BELOW_A_COMMENT = /\/\/.*\s*[\r\n]\s*$/;
const FIXED_MEMBER = /^\[(?:\d+|'[^'"`\\[\]]*'|"[^'"`\\[\]]*")\]/;
const COMPUTED_KEY = /\]\s*(?::|\/[/*])/;
/** Escapes that spell a name otherwise: of an identifier, or in quotes that name a property. */
const ESCAPE = /\\(?:[ux\d\r\n]|.*['"]\s*(?::|\/[/*]))/;
const BEYOND_ASCII_SPACES = /[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/;
const WORD = /[A-Za-z_$][\w$]*/g;

/** Names of a realm: the language's globals, and what can be got from an ordinary value and is no primitive. */
function namesOfRealm() {
  const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !GIVEN.has(name));
  const values = globals.map((name) => Object.getOwnPropertyDescriptor(globalThis, name).value);
  const holders = values.filter(isOfLanguage).map(({ prototype }) => prototype);
  for (let holder of [[][Symbol.iterator](), new Map().keys(), new Set().keys(), ''.matchAll(/a/g), new Int8Array()]) {
    for (; holder; holder = Object.getPrototypeOf(holder)) holders.push(holder);
  }
  const inherited = holders.flatMap((holder) =>
    Object.entries(Object.getOwnPropertyDescriptors(holder)).filter(([, { value }]) => Object(value) === value),
  );
  return { globals: new Set(globals), inherited: new Set(inherited.map(([name]) => name)) };
}

/** Whether it is a class of the language's that tame code meets; it meets no promise. */
function isOfLanguage(value) {
  if (typeof value !== 'function' || value === Promise || !value.prototype) return false;
  return Function.prototype.toString.call(value).endsWith('{ [native code] }');
}

let names;

/** As found when the start-up snapshot was made, which could not hold all that is touched; else surveyed when asked for. */
const named = () => (names ??= surveyed() ?? namesOfRealm());

function surveyed() {
  try {
    const { globals, inherited } = require('./surveyed.cjs');
    return { globals: new Set(globals), inherited: new Set(inherited) };
  } catch {
    return undefined;
  }
}

/** What a snapshot keeps of a survey: {globals, inherited}, names each. */
function survey() {
  const { globals, inherited } = namesOfRealm();
  return { globals: [...globals], inherited: [...inherited] };
}

/** Whether `code`, the body of a function, leaves its realm as it found it, whatever the data. */
function isTame(code) {
  if (code.length > MAX_LENGTH || BEYOND_ASCII_SPACES.test(code) || !isBody(code)) return false;
  const text = withoutCommentLines(code);
  if ([ESCAPE, COMPUTED_KEY, KEYWORD_AS_MEMBER].some((refused) => refused.test(text))) return false;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!isTameWord(word, text.slice(index + word.length))) return false;
  }
  const brackets = [...text.matchAll(/\[/g)];
  return brackets.length <= MAX_BRACKETS && brackets.every(({ index }) => isTameBracket(text.slice(0, index), text.slice(index)));
}

/** Whether the code stays within the function that is put around it; `await` is no word of tame code. */
function isBody(code) {
  try {
    vm.compileFunction(code);
    return true;
  } catch {
    return false;
  }
}

/** Leave out whole lines of comment, where a line that begins with two slashes can be nothing else. */
function withoutCommentLines(code) {
  if (/`|\\[\r\n]/.test(code)) return code;
  return code.replace(/^[ \t]*\/\/.*$/gm, (line) => (line.includes('*/') ? line : ''));
}

function isTameWord(word, rest) {
  if (NEVER.has(word) || word.startsWith('__')) return false;
  if (word === 'return' || word === 'throw') return !KEYWORD_AS_KEY.test(rest);
  if (word === 'delete') return /^(?:\(|[ \t]+[\w$])/.test(rest);
  if (named().globals.has(word)) return HARMLESS.has(word) || isTameGlobal(word, rest);
  return !named().inherited.has(word) || rest.startsWith('(');
}

/** A global is called, or one of its members is. */
function isTameGlobal(word, rest) {
  if (rest.startsWith('(')) return CALLED.has(word);
  const [, member, next] = /^\.([\w$]+)(\(?)/.exec(rest) ?? [];
  if (next) return MEMBERS[word]?.includes(member) ?? false;
  return CONSTANTS[word]?.includes(member) ?? false;
}

/** A list, or a member whose name stands there; names in quotes are words like all others. */
function isTameBracket(before, after) {
  if (FIXED_MEMBER.test(after)) return true;
  if (BELOW_A_COMMENT.test(before)) return false;
  return !MAY_HAVE_MEMBERS.test(before) || KEYWORD_BEFORE_LIST.test(before);
}

/** Whether a name that an input brings along hides nothing that a realm has. */
const isOwnName = (name) => !named().globals.has(name);

/** Every name that code spells. */
const wordsOf = (code) => new Set(code.match(WORD));

module.exports = { isOwnName, isTame, survey, wordsOf };

// Helper functions that a printed JavaScript body carries along when it needs them, one paragraph each.

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const groupBy = (rows, keyOf) => {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return [...groups];
};

const uniqueBy = (rows, keyOf) => {
  const first = new Map();
  for (const row of rows) if (!first.has(keyOf(row))) first.set(keyOf(row), row);
  return [...first.values()];
};

const identity = value => {
  if (Array.isArray(value)) return JSON.stringify(value.map(identity));
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return JSON.stringify(Object.keys(value).sort().map(name => [name, identity(value[name])]));
};

const numberOr = (value, other) => {
  if (typeof value !== 'string') return value ?? other;
  const kept = value.replace(/[^0-9.-]/g, '');
  return kept === '' || Number.isNaN(Number(kept)) ? other : Number(kept);
};

const numberBefore = (text, mark) => {
  const parts = text.split(mark);
  for (const [place, part] of parts.slice(0, -1).entries()) {
    if (/\p{L}$/u.test(mark) && /^\p{L}/u.test(parts[place + 1])) continue;
    const found = part.trimEnd().match(/((?<![\p{L}\p{N}])-)?([0-9.]+)$/u);
    const kept = (found?.[2] ?? '').replace(/^\.+|\.+$/g, '');
    const signed = found?.[1] && kept.length === found[2].length;
    if (kept && kept.split('.').length < 3) return signed ? -Number(kept) : Number(kept);
  }
  return null;
};

const numberAfter = (text, mark) => {
  const parts = text.split(mark);
  for (const [place, part] of parts.slice(1).entries()) {
    if (/^\p{L}/u.test(mark) && /\p{L}$/u.test(parts[place])) continue;
    const found = part.match(/^[ :=#]*(-?)([0-9.]*)/);
    const kept = found[2].replace(/^\.+|\.+$/g, '');
    if (kept && kept.split('.').length < 3) return found[1] ? -Number(kept) : Number(kept);
  }
  return null;
};

const queryValue = (text, name) => {
  const [query] = text.split('?').slice(1).join('?').split('#');
  for (const part of query.split('&')) if (part.startsWith(`${name}=`)) return part.slice(name.length + 1);
  return null;
};

const textPairs = (text, separator, joint) => {
  const found = {};
  for (const part of text.split(separator)) {
    const place = part.indexOf(joint);
    if (place >= 0) found[part.slice(0, place).trim()] = part.slice(place + joint.length).trim();
  }
  return found;
};

const onlyLetters = (text, also) =>
  [...text].filter(char => /\p{L}/u.test(char) || (also.includes('0') ? /[0-9]/.test(char) : false) || also.replace('0', '').includes(char)).join('');

const fillIn = (text, values, left, right) => {
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(left + name + right, () => value ?? '');
  return text;
};

const orNull = compute => {
  try {
    return compute() ?? null;
  } catch {
    return null;
  }
};

const thousands = (number, digits, separator, decimal) => {
  const factor = 10 ** digits;
  const [whole, part] = Math.abs(Math.round(number * factor) / factor).toFixed(digits).split('.');
  const sign = Math.round(number * factor) < 0 ? '-' : '';
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, separator) + (part ? decimal + part : '');
};

const asClock = (number, parts, width) => {
  const texts = [];
  let whole = Math.floor(number);
  for (; parts > 1; parts--) {
    texts.unshift(String(whole % 60).padStart(2, '0'));
    whole = Math.floor(whole / 60);
  }
  return [String(whole).padStart(width, '0'), ...texts].join(':');
};

const placeOf = (text, mark, index, side) => {
  const found = [...text.matchAll(mark)].at(index);
  return found.index + (side ? found[0].length : 0);
};

const plainLetters = text => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');

const slugOf = (text, separator = '-') =>
  plainLetters(text).toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join(separator);

const wordsInKey = key =>
  key.replace(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, '$1 $2').split(/[^\p{L}\p{N}]+/u).filter(Boolean).map(word => word.toLowerCase());

const readDate = (text, layout) => {
  const date = DateTime.fromFormat(text, layout, { zone: 'utc', locale: 'en' });
  if (!date.isValid) throw new Error(`not a date: ${text}`);
  return date;
};

const snapped = (number, step, offset, way) => {
  const count = Math.floor(((number - offset) / step) * 1000000000 + 0.5) / 1000000000;
  const whole = way === 'up' ? Math.ceil(count) : Math.floor(way === 'nearest' ? count + 0.5 : count);
  return Math.floor((whole * step + offset) * 10000000000 + 0.5) / 10000000000;
};

const readAnyDate = (text, dayFirst) => {
  const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
  const words = text.replace(/[^:0-9\p{L}]/gu, ' ').replace(/([apt]m)/gi, ' $1').replace(/T/g, ' T ').trim().split(/ +/);
  let numbers = [], times = [0, 0, 0], half = '', month = 0;
  for (const word of words.map(one => one.toLowerCase())) {
    const named = word.length > 2 ? months.findIndex(name => name.startsWith(word)) : -1;
    if (word.includes(':')) times = [...word.split(':').map(Number), 0];
    else if (/^\p{L}+$/u.test(word)) {
      if (word === 'am' || word === 'pm') half = word;
      if (named >= 0) month = named + 1;
    } else if (/[0-9]/.test(word)) numbers.push(word.replace(/[^0-9]/g, ''));
  }
  const hour = half ? (times[0] % 12) + (half === 'pm' ? 12 : 0) : times[0];
  const [whole] = numbers;
  if (numbers.length === 1 && whole.length === 8) {
    const byYear = whole.slice(4, 6) >= '01' && whole.slice(4, 6) <= '12' && ['19', '20'].includes(whole.slice(0, 2));
    numbers = byYear ? [whole.slice(0, 4), whole.slice(4, 6), whole.slice(6)] : [whole.slice(0, 2), whole.slice(2, 4), whole.slice(4)];
  }
  if (numbers.length === 0 && text.includes(':')) return DateTime.utc(1970, 1, 1, hour, times[1], times[2]);
  const byYear = numbers[0]?.length === 4;
  if (byYear) numbers = [...numbers.slice(1), numbers[0]];
  const place = dayFirst && !byYear ? 1 : 0;
  let [first, second] = month ? [month, Number(numbers[0])] : [Number(numbers[place]), Number(numbers[1 - place])];
  if (first > 12) [first, second] = [second, first];
  const year = Number(numbers.at(-1)) + (numbers.at(-1)?.length > 2 ? 0 : numbers.at(-1) < '50' ? 2000 : 1900);
  const date = DateTime.utc(year, first, second, hour, times[1], times[2]);
  if (numbers.length !== (month ? 2 : 3) || !date.isValid) throw new Error(`not a date: ${text}`);
  return date;
};

const flatten = (value, separator, prefix = '') => {
  const flat = {};
  for (const [name, inner] of Object.entries(value)) {
    const nested = inner !== null && typeof inner === 'object' && !Array.isArray(inner) && Object.keys(inner).length > 0;
    if (nested) Object.assign(flat, flatten(inner, separator, prefix + name + separator));
    else flat[prefix + name] = inner;
  }
  return flat;
};

const unflatten = (value, separator) => {
  const nested = {};
  for (const [name, inner] of Object.entries(value)) {
    const parts = name.split(separator);
    let target = nested;
    for (const part of parts.slice(0, -1)) target = target[part] ??= {};
    target[parts.at(-1)] = inner;
  }
  return nested;
};

const csvRows = (text, separator) => {
  const rows = [['']];
  let quoted = false;
  const clean = text.replace(/\r\n/g, '\n');
  [...clean].forEach((char, index, all) => {
    const row = rows[rows.length - 1];
    if (char === '"') {
      quoted = !quoted;
      if (quoted && index && all[index - 1] === '"') row[row.length - 1] += '"';
    } else if (char === separator && !quoted) row.push('');
    else if (char === '\n' && !quoted) rows.push(['']);
    else row[row.length - 1] += char;
  });
  return rows.filter(row => row.length > 1 || row[0] !== '');
};

const tableOf = rows =>
  rows.slice(1).map(row => Object.fromEntries(rows[0].map((name, index) => [name, row[index] ?? ''])));

const medianOf = numbers => {
  const ordered = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(ordered.length / 2);
  return ordered.length % 2 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
};

const chunks = (rows, size) =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, index) => rows.slice(index * size, (index + 1) * size));

const csvCell = (cell, separator) =>
  cell.includes(separator) || cell.includes('"') || cell.includes('\n') ? `"${cell.replaceAll('"', '""')}"` : cell;

const toCsv = (rows, separator) => {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map(row => names.map(name => (row[name] == null ? '' : String(row[name]))))];
  return lines.map(line => line.map(cell => csvCell(cell, separator)).join(separator)).join('\n');
};

const csvOf = (rows, names, separator) => {
  const lines = [names, ...rows.map(row => names.map(name => (row[name] == null ? '' : String(row[name]))))];
  return lines.map(line => line.map(cell => csvCell(cell, separator)).join(separator)).join('\n');
};

const roundedEven = (number, digits) => {
  const factor = 10 ** digits;
  const low = Math.floor(number * factor);
  const rest = number * factor - low;
  const tied = Math.abs(rest - 0.5) < 0.000000001;
  return (low + (tied ? Math.abs(low % 2) : rest > 0.5 ? 1 : 0)) / factor;
};

const naturalKey = text => text.replace(/[0-9]+/g, run => run.padStart(12, '0'));

const hasWord = (text, word) => ` ${(text.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `.includes(` ${word} `);

const cutAtWord = (text, length, mark) => {
  if (text.length <= length) return text;
  let kept = '';
  for (const word of text.split(' ')) {
    const longer = kept ? `${kept} ${word}` : word;
    if (longer.length > length) break;
    kept = longer;
  }
  return kept + mark;
};

const unrepeated = (rows, keyOf) => rows.filter((row, place) => place === 0 || keyOf(row) !== keyOf(rows[place - 1]));

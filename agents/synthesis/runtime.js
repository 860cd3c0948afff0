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

const thousands = (number, digits, separator, decimal) => {
  const factor = 10 ** digits;
  const [whole, part] = Math.abs(Math.round(number * factor) / factor).toFixed(digits).split('.');
  const sign = Math.round(number * factor) < 0 ? '-' : '';
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, separator) + (part ? decimal + part : '');
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

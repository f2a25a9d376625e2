const longestText = 60;

/** A value as an error message shows it: short, on one line, with its type where that is not plain. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return `the text ${shorten(JSON.stringify(value))}`;
    case 'bigint':
      return `the bigint ${value}n`;
    case 'number':
      return `the number ${Object.is(value, -0) ? '-0' : value}`;
    case 'boolean':
      return String(value);
    case 'object':
      return describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object): string {
  if (ArrayBuffer.isView(value)) {
    const { length } = value as { length?: number };
    return `a ${value.constructor.name} of ${length ?? value.byteLength} values`;
  }
  if (Array.isArray(value)) {
    return value.length === 0
      ? 'an empty array'
      : `an array of ${value.length} values (first: ${describeValue(value[0])})`;
  }
  const type = value.constructor?.name ?? 'object';
  if (type !== 'Object') return `a ${type}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${shorten(keys.join(', '))}`;
}

function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}...`;
}

const mostItems = 8;
const longestText = 120;
const longestLine = 1000;

/** A decoded example on one line of an error message: long arrays, texts and bytes are cut and say how long they are. */
export function showExample(example: unknown): string {
  return cut(show(example), longestLine);
}

function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return cut(JSON.stringify(value), longestText);
    case 'object':
      return value === null ? 'null' : showObject(value);
    default:
      return String(value);
  }
}

function showObject(value: object): string {
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  if ('encoded' in value && value.encoded instanceof Uint8Array) return `<image of ${value.encoded.length} bytes>`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return showItems(Array.from(value as unknown as Iterable<unknown>));
  if (Array.isArray(value)) return showItems(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${show(field)}`);
  return `{ ${fields.join(', ')} }`;
}

function showItems(items: readonly unknown[]): string {
  const shown = items.slice(0, mostItems).map(show);
  if (items.length > mostItems) shown.push(`... ${items.length} in all`);
  return `[${shown.join(', ')}]`;
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}

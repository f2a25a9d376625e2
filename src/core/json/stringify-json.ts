/**
 * JSON of anything that a decoded example may hold, exact and the same on every machine:
 * bigint → its digits (an integer of any size is legal JSON, and Python reads it exactly); bytes → base64; NaN and infinities → `"NaN"`,
 * `"Infinity"`, `"-Infinity"` (both as protobuf's JSON mapping writes them, https://protobuf.dev/programming-guides/json); dates → ISO 8601; typed arrays and iterables → arrays; maps → objects.
 * Fields that are undefined are left out.
 *
 * @param indent spaces a level; 0 gives one line.
 * @example
 * ```ts
 * stringifyJson({ id: 2n ** 63n, png: new Uint8Array([1, 2]) }); // '{"id":9223372036854775808,"png":"AQI="}'
 * ```
 */
export function stringifyJson(value: unknown, indent = 0): string {
  return render(value, indent, '');
}

function render(value: unknown, indent: number, margin: string): string {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : renderObject(value, indent, margin);
    default:
      return 'null';
  }
}

function renderObject(value: object, indent: number, margin: string): string {
  if (value instanceof Uint8Array)
    return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`;
  if (value instanceof Date) return JSON.stringify(value);
  if (value instanceof Map) return renderFields(value.entries(), indent, margin);
  if (Symbol.iterator in value) return renderItems(value as Iterable<unknown>, indent, margin);
  return renderFields(Object.entries(value), indent, margin);
}

function renderItems(items: Iterable<unknown>, indent: number, margin: string): string {
  const values = [...items];
  // Rows of numbers stay on one line: a column of a thousand lines can't be read.
  const flat = indent === 0 || values.every((item) => typeof item !== 'object' || item === null);
  if (flat) return `[${values.map((item) => render(item, 0, '')).join(indent === 0 ? ',' : ', ')}]`;
  const inner = margin + ' '.repeat(indent);
  return `[\n${values.map((item) => inner + render(item, indent, inner)).join(',\n')}\n${margin}]`;
}

function renderFields(fields: Iterable<readonly [unknown, unknown]>, indent: number, margin: string): string {
  const present = [...fields].filter(([, value]) => value !== undefined);
  if (present.length === 0) return '{}';
  const inner = margin + ' '.repeat(indent);
  const lines = present.map(([key, value]) => {
    const text = render(value, indent, inner);
    return indent === 0 ? `${JSON.stringify(String(key))}:${text}` : `${inner}${JSON.stringify(String(key))}: ${text}`;
  });
  return indent === 0 ? `{${lines.join(',')}}` : `{\n${lines.join(',\n')}\n${margin}}`;
}

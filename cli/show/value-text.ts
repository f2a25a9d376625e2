import type { Definition } from '../../src/features/index.js';
import { formatBytes, formatCount, printable, truncate } from '../terminal/index.js';

/** Text of a value is cut here: a line or two of a terminal. */
const longestText = 240;
/** How many values of a tensor or a list are shown. */
const mostValues = 8;

/**
 * One decoded value on one line.
 *
 * @param definition the value's feature; not a record, whose fields have lines of their own
 */
export function valueText(definition: Definition, value: unknown): string {
  if (value === null || value === undefined) return '—';
  switch (definition.kind) {
    case 'optional':
      return valueText(definition.feature, value);
    case 'masked':
    case 'pseudonymised':
      return valueText(definition.stored, value);
    case 'scalar':
      return scalarText(value, definition.dtype);
    case 'text':
      return scalarText(value, 'string');
    case 'class-label':
      return labelText(value, definition.names);
    case 'image':
      return imageText(value);
    case 'tensor':
    case 'bounding-box':
      return tensorText(value, definition.kind === 'tensor' ? definition.dtype : 'float32');
    case 'audio':
      return definition.stored === 'file' ? audioText(value) : tensorText(value, definition.dtype);
    case 'video':
      return listText(value, (frame) => imageText(frame));
    case 'sequence':
    case 'dataset':
      return listText(value, (item) => valueText(definition.feature, item));
    case 'record':
      return recordText(value, (name, field) => {
        const inner = definition.fields[name];
        return inner === undefined ? '' : valueText(inner, field);
      });
    case 'translation':
    case 'translation-variable-languages':
      return recordText(value, (_, text) => (Array.isArray(text) ? listText(text, plainText) : plainText(text)));
    case 'dropped':
      return '';
  }
}

function plainText(value: unknown): string {
  return scalarText(value, 'string');
}

function scalarText(value: unknown, dtype: string): string {
  if (value instanceof Uint8Array) return bytesText(value);
  if (typeof value === 'string') return truncate(`"${printable(value)}"`, longestText);
  if (typeof value === 'number') return numberText(value, dtype);
  return String(value);
}

/** The shortest text that says a number of its type: a float32 of 0.1 is not 0.10000000149011612. */
function numberText(value: number, dtype: string): string {
  const digits = shortDigits[dtype];
  return digits === undefined || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(digits)));
}

/** Significant decimal digits that a type can hold. */
const shortDigits: Readonly<Record<string, number>> = { float32: 7, float16: 4, bfloat16: 3 };

function bytesText(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  return `${formatBytes(bytes.length)}: ${start}${bytes.length > 16 ? '…' : ''}`;
}

function labelText(value: unknown, names: readonly string[] | undefined): string {
  const name = names?.[Number(value)];
  return name === undefined ? String(value) : `${String(value)} (${printable(name)})`;
}

function imageText(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('encoded' in value) || !(value.encoded instanceof Uint8Array))
    return '';
  const shape = 'shape' in value && Array.isArray(value.shape) ? value.shape.join(' × ') : '';
  const encoding = 'encoding' in value ? String(value.encoding) : '';
  return `${shape} ${encoding}, ${formatBytes(value.encoded.length)}`.trimStart();
}

function audioText(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('encoded' in value) || !(value.encoded instanceof Uint8Array))
    return '';
  return `${'fileFormat' in value ? String(value.fileFormat) : ''}, ${formatBytes(value.encoded.length)}`;
}

function tensorText(value: unknown, dtype: string): string {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('shape' in value)) return '';
  const data = value.data as ArrayLike<unknown>;
  const shape = value.shape as readonly number[];
  const shown = Array.from({ length: Math.min(mostValues, data.length) }, (_, index) => scalarText(data[index], dtype));
  return `[${shape.join(' × ')}] ${shown.join(', ')}${data.length > mostValues ? ', …' : ''}`;
}

function listText(value: unknown, itemText: (item: unknown) => string): string {
  const items = value as ArrayLike<unknown>;
  const shown = Array.from({ length: Math.min(mostValues, items.length) }, (_, index) => itemText(items[index]));
  const rest = items.length > mostValues ? `, … (${formatCount(items.length)} in all)` : '';
  return truncate(`[${shown.join(', ')}${rest}]`, longestText);
}

function recordText(value: unknown, fieldText: (name: string, field: unknown) => string): string {
  const fields = Object.entries(value as object).map(([name, field]) => `${name}: ${fieldText(name, field)}`);
  return truncate(`{ ${fields.join(', ')} }`, longestText);
}

import type { SchemaField } from '../../src/catalog/index.js';
import { formatCount, renderTable, type TextOutput } from '../terminal/index.js';

/** The features of a data set as a table: path, type, and in words what the author said of each. */
export function fieldTable(fields: readonly SchemaField[], out: TextOutput): string {
  const rows = fields.map((field) => [`  ${field.path}`, typeText(field), about(field)]);
  return renderTable(
    [{ title: '  feature', dress: out.style.cyan }, { title: 'type' }, { title: 'about' }],
    rows,
    out.width,
    out.style,
  );
}

function typeText({ type, optional }: SchemaField): string {
  return optional ? `${type}, may be absent` : type;
}

function about(field: SchemaField): string {
  const { description, unit, range, caveats, pii } = field;
  const figures = [
    ...(unit === undefined ? [] : [`in ${unit}`]),
    ...(range === undefined ? [] : [`${number(range[0])} to ${number(range[1])}`]),
  ].join(', ');
  const parts = [
    [description, figures === '' ? undefined : `(${figures})`].filter((part) => part !== undefined).join(' '),
    caveats === undefined ? '' : `Caveat: ${caveats}`,
    pii === undefined ? '' : `Personal data: ${pii}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Limits are shown as they were declared, with separators only where they help. */
function number(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 10_000 ? formatCount(value) : String(value);
}

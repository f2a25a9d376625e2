import type { FakeField, FakeRow } from './fields.js';

/** A row as the REST API writes it: all values are texts, timestamps counts of microseconds (`useInt64Timestamp`). */
export function restRow(fields: readonly FakeField[], row: FakeRow): unknown {
  return { f: fields.map((field) => ({ v: restValue(field, row[field.name]) })) };
}

function restValue(field: FakeField, value: unknown): unknown {
  if (field.mode === 'REPEATED') {
    return (value as readonly unknown[]).map((item) => ({ v: restValue({ ...field, mode: 'NULLABLE' }, item) }));
  }
  if (value === null || value === undefined) return null;
  switch (field.type) {
    case 'RECORD':
      return restRow(field.fields ?? [], value as FakeRow);
    case 'BYTES':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'DATE':
      return isoDate(Number(value) * 86_400_000);
    case 'DATETIME':
      return `${isoDate(Number((value as bigint) / 1000n))}T${isoTime((value as bigint) % 86_400_000_000n)}`;
    case 'TIME':
      return isoTime(value as bigint);
    default:
      return String(value);
  }
}

function isoDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** @param microseconds since midnight */
function isoTime(microseconds: bigint): string {
  const seconds = new Date(Number(microseconds / 1000n)).toISOString().slice(11, 19);
  return `${seconds}.${String(microseconds % 1_000_000n).padStart(6, '0')}`;
}

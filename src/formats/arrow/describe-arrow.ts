import { DatasetsError } from '../../core/errors/index.js';
import type { ColumnsDescription } from '../describe-columns.js';
import type { Field } from './field.js';
import type { RecordBatchHead } from './message-reader.js';
import { ArrowStreamReader, type RangeSource } from './stream-reader.js';

/** Describes an Arrow IPC stream by its messages' heads; no body is read. */
export async function describeArrow(source: RangeSource, file: string): Promise<ColumnsDescription> {
  const reader = new ArrowStreamReader(source, file);
  const first = await reader.next();
  if (first === undefined || first.message.kind !== 'schema') {
    throw new DatasetsError('DATA_CORRUPT', `${file}: an Arrow stream must start with its schema`, {
      hint: 'The file is damaged, or no Arrow stream.',
      at: { file, offset: 0 },
    });
  }
  const { fields, metadata } = first.message;
  const nulls = new Set<string>();
  let rows = 0;
  for (let next = await reader.next(); next !== undefined; next = await reader.next()) {
    const { message, start } = next;
    if (message.kind !== 'recordBatch') continue;
    if (message.compression !== undefined) throw compressed(file, start, message.compression);
    rows += message.rows;
    collectNulls(fields, message, nulls);
  }
  return { fields, metadata, rows, nulls };
}

/** Nodes come as fields do, parents before children (Arrow columnar format, "Recordbatch message"). */
function collectNulls(fields: readonly Field[], { nodes }: RecordBatchHead, nulls: Set<string>): void {
  let node = 0;
  const visit = (field: Field, path: string): void => {
    const [, nullCount = 0] = nodes[node++] ?? [];
    if (nullCount > 0) nulls.add(path);
    for (const child of field.children) visit(child, `${path}/${childName(field, child)}`);
  };
  for (const field of fields) visit(field, field.name);
}

/** What the element of a list is called differs between writers. */
function childName({ type }: Field, child: Field): string {
  return type.kind === 'list' || type.kind === 'largeList' || type.kind === 'fixedSizeList' ? 'item' : child.name;
}

function compressed(file: string, offset: number, codec: string): DatasetsError {
  return new DatasetsError('UNSUPPORTED', `${file}: its record batches are compressed with ${codec}`, {
    hint: "Write it without compression, which can be mapped into memory: feather.write_feather(..., compression='uncompressed').",
    at: { file, offset },
  });
}

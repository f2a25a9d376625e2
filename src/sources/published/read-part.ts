import { DatasetsError } from '../../core/errors/index.js';
import { formatReference, nearestHint } from '../../core/names/index.js';
import {
  type AnyFeature,
  createDecoder,
  definitionOf,
  inputValue,
  leavesOf,
  pickFields,
  type RecordFeature,
} from '../../features/index.js';
import type { VersionReader } from '../../reader/index.js';
import type { SourceBatch } from '../source.js';
import type { PublishedPart } from './cut-shards.js';

/**
 * The examples of a part, in the version's order, as plain values.
 *
 * @param fields of the schema; all of them where it is undefined.
 * @throws DatasetsError USAGE for an unknown field; DATA_CORRUPT and what storages throw.
 */
export async function* readPart(
  version: VersionReader<unknown>,
  part: PublishedPart,
  fields: readonly string[] | undefined,
): AsyncGenerator<SourceBatch<unknown>, void, undefined> {
  const { split, from, to, batch } = part;
  const schema = selectedSchema(version.schema, fields);
  const leaves = leavesOf(schema);
  const decoder = createDecoder(schema);
  const toValue = inputValue(definitionOf(schema));
  const place = `${formatReference(part.version)} ${split}`;
  let first = from;
  const dataset = version.dataset({ split, from, to });
  for await (const columns of dataset.columns({ batchSize: batch, ...(fields !== undefined && { fields }) })) {
    const rows = decoder.rows({ rows: columns.rows, columns: leaves.map(({ key }) => columns.get(key)) });
    const elements: unknown[] = [];
    for (let row = 0; row < rows.length; row++) elements.push(toValue(rows.get(row)));
    const start = first;
    first += rows.length;
    yield { elements, position: (index) => `${place} example ${start + index}` };
  }
}

/**
 * The fields that are read of a version.
 *
 * @throws DatasetsError USAGE for a field that is none, with the nearest one.
 */
export function selectedSchema(schema: AnyFeature, fields: readonly string[] | undefined): AnyFeature {
  if (fields === undefined) return schema;
  const known = Object.keys((schema as RecordFeature<Record<string, AnyFeature>>).fields);
  for (const field of fields) {
    if (known.includes(field)) continue;
    throw new DatasetsError('USAGE', `there is no field ${JSON.stringify(field)}`, {
      hint: nearestHint(field, known, 'fields'),
      at: { field },
    });
  }
  return pickFields(schema, new Set(fields));
}

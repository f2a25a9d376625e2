import { DatasetsError } from '../../core/errors/index.js';
import { nearestHint } from '../../core/names/index.js';
import type { ColumnBatch, Leaf } from '../../features/index.js';
import type { ArrowSchema } from '../../formats/index.js';

/**
 * The leaves below some features, in the leaves' order.
 *
 * @param fields names or paths: `user` means every leaf below it. All leaves where it is undefined.
 * @throws DatasetsError USAGE for a field that is none, with the nearest one.
 */
export function selectLeaves(leaves: readonly Leaf[], fields: readonly string[] | undefined): readonly Leaf[] {
  if (fields === undefined) return leaves;
  const isBelow = (leaf: Leaf, field: string) => leaf.key === field || leaf.key.startsWith(`${field}/`);
  for (const field of fields) {
    if (leaves.some((leaf) => isBelow(leaf, field))) continue;
    throw new DatasetsError('USAGE', `there is no field ${JSON.stringify(field)}`, {
      hint: nearestHint(field, new Set(leaves.flatMap((leaf) => [leaf.key, leaf.key.split('/')[0] ?? ''])), 'fields'),
      at: { field },
    });
  }
  return leaves.filter((leaf) => fields.some((field) => isBelow(leaf, field)));
}

/** A schema with only the fields of the root that hold some of `fields`: of Parquet nothing else is read. */
export function selectFields(
  schema: Pick<ArrowSchema, 'root' | 'leaves'>,
  fields: readonly string[] | undefined,
): Pick<ArrowSchema, 'root' | 'leaves'> {
  if (fields === undefined) return schema;
  const isWanted = (name: string) => fields.some((field) => field === name || field.startsWith(`${name}/`));
  const { root, leaves } = schema;
  return { root: { ...root, fields: root.fields.filter(({ name }) => isWanted(name)) }, leaves };
}

/** A batch with only the columns of some features. */
export function selectColumns(batch: ColumnBatch, fields: readonly string[] | undefined): ColumnBatch {
  if (fields === undefined) return batch;
  const wanted = new Set(
    selectLeaves(
      batch.columns.map((column) => column.leaf),
      fields,
    ),
  );
  return { rows: batch.rows, columns: batch.columns.filter((column) => wanted.has(column.leaf)) };
}

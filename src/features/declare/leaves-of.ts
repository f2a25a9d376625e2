import { compareLeaves, firstExampleKey, type Leaf } from '../leaf.js';
import { definitionOf } from './define.js';
import type { AnyFeature, RecordDefinition } from './definition.js';
import { invalidFeature } from './invalid-feature.js';

const sortedLeaves = new WeakMap<object, readonly Leaf[]>();

/**
 * The leaves of a schema, in the order in which rows, tf.Examples and ColumnBatches hold them.
 *
 * @param schema a record
 * @throws {DatasetsError} FEATURE_INVALID when it is no record, or two fields would be stored under one key
 */
export function leavesOf(schema: AnyFeature): readonly Leaf[] {
  const definition = recordDefinitionOf(schema);
  const known = sortedLeaves.get(definition);
  if (known !== undefined) return known;
  const leaves = Object.freeze([...definition.leaves].sort(compareLeaves));
  checkKeys(leaves);
  sortedLeaves.set(definition, leaves);
  return leaves;
}

/** The definition of a schema, which must be a record. */
export function recordDefinitionOf(schema: AnyFeature): RecordDefinition {
  const definition = definitionOf(schema);
  if (definition.kind === 'record') return definition;
  throw invalidFeature(`a schema is a record, got ${definition.kind}`, 'Wrap it: features({ value: ... }).');
}

/** Every key under which a leaf is written in a tf.Example, in order. */
export function exampleKeys(leaf: Leaf): string[] {
  const keys = [firstExampleKey(leaf)];
  for (let level = 0; level + 1 < leaf.sequences.length; level++) keys.push(`${leaf.key}/ragged_row_lengths_${level}`);
  return keys;
}

/** A file holds keys once and in order; a name with a slash can break either. */
function checkKeys(leaves: readonly Leaf[]): void {
  const keys = leaves.flatMap(exampleKeys);
  for (const [index, key] of keys.entries()) {
    const next = keys[index + 1];
    if (next === undefined || Buffer.compare(Buffer.from(key), Buffer.from(next)) < 0) continue;
    const problem =
      key === next ? `two fields are stored under the key '${key}'` : `the keys '${key}' and '${next}' overlap`;
    throw invalidFeature(problem, 'Rename one of them; a slash in a name stands for a nested record.');
  }
}

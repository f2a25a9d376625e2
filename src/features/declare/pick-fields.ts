import type { AnyFeature, RecordDefinition } from './definition.js';
import { recordDefinitionOf } from './leaves-of.js';
import { record } from './record.js';

/**
 * A schema with some of its fields alone, in the schema's order.
 *
 * @param names fields of the schema itself; which there are is the caller's to check.
 * @throws {DatasetsError} FEATURE_INVALID when it is no record
 */
export function pickFields(schema: AnyFeature, names: ReadonlySet<string>): AnyFeature {
  const { fields }: RecordDefinition = recordDefinitionOf(schema);
  const picked = Object.entries(fields).filter(([name]) => names.has(name));
  return record(Object.fromEntries(picked) as unknown as Record<string, AnyFeature>);
}

import type { Feature, FeatureDocumentation, InputOf, OutputOf } from '../feature.js';
import { define, definitionOf } from './define.js';
import type { AnyFeature, Definition } from './definition.js';
import { documentationOf } from './documentation.js';
import { invalidFeature } from './invalid-feature.js';

type Simplify<T> = { [K in keyof T]: T[K] } & {};
type OptionalKeys<S> = { [K in keyof S]: S[K] extends { readonly optional: true } ? K : never }[keyof S];
/** What an author writes for a record: every field, except that optional ones may be left out. */
export type RecordInput<S> = Simplify<
  { [K in Exclude<keyof S, OptionalKeys<S>>]: InputOf<S[K]> } & { [K in OptionalKeys<S>]?: InputOf<S[K]> }
>;
/** What a reader gets for a record. */
export type RecordOutput<S> = Simplify<{ readonly [K in keyof S]: OutputOf<S[K]> }>;

export interface RecordFeature<S> extends Feature<RecordInput<S>, RecordOutput<S>> {
  readonly kind: 'record';
  /** The features by field, in the order of declaration. */
  readonly fields: Readonly<S>;
}

/**
 * Named fields; tfds' `FeaturesDict`. A data set's schema is one, and they nest.
 *
 * Missing and wrong fields in an example are compile errors; surplus ones are errors when it is encoded.
 *
 * @throws {DatasetsError} FEATURE_INVALID for a field name that can't be stored
 * @example
 * ```ts
 * const schema = record({ user: record({ id: text(), age: optional(scalar('int32')) }) });
 * const example: InputOf<typeof schema> = { user: { id: 'a1' } };
 * ```
 */
export function record<S extends Record<string, AnyFeature>>(
  fields: S,
  options?: FeatureDocumentation,
): RecordFeature<S> {
  const definitions: Record<string, Definition> = {};
  for (const [name, feature] of Object.entries(fields)) {
    checkFieldName(name);
    definitions[name] = definitionOf(feature);
  }
  return define<RecordFeature<S>>({
    kind: 'record',
    fields: Object.freeze(definitions),
    documentation: documentationOf(options, 'record'),
  });
}

/** `record`, under the name that a data set's schema reads best with. */
export const features: typeof record = record;

function checkFieldName(name: string): void {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const reason =
    name === '' || name.startsWith('/') || name.endsWith('/') || name.includes('//')
      ? 'a part of it is empty'
      : name === '__proto__'
        ? 'objects have no such field'
        : last === 'ragged_flat_values' || /^ragged_row_lengths_\d+$/.test(last)
          ? 'tfds stores nested sequences under this name'
          : /^\d+$/.test(name)
            ? 'a name of digits changes its place among the fields of an object'
            : undefined;
  if (reason === undefined) return;
  throw invalidFeature(
    `record: ${JSON.stringify(name)} can't be the name of a field: ${reason}`,
    'Choose another name.',
  );
}

import {
  type AnyFeature,
  type ElementOutputs,
  type ElementType,
  features,
  type OutputOf,
  optional,
  scalar,
} from '../../features/index.js';

/**
 * What the tf.Examples of a file hold, by key, as TensorFlow's `FixedLenFeature` says it: a type for a single value, with `?` where examples may lack it, or any feature for more:
 * `tensor({ dtype: 'float32', shape: [80] })`.
 */
export type ExampleFields = Readonly<Record<string, ElementType | `${ElementType}?` | AnyFeature>>;

type FieldValue<F> = F extends ElementType
  ? ElementOutputs[F]
  : F extends `${infer Base extends ElementType}?`
    ? ElementOutputs[Base] | null
    : OutputOf<F>;

/** The row that declared fields, or a schema, give. */
export type ExampleRow<F extends ExampleFields | AnyFeature> = F extends AnyFeature
  ? OutputOf<F>
  : { readonly [K in keyof F]: FieldValue<F[K]> };

/**
 * The schema of declared fields.
 *
 * @throws DatasetsError FEATURE_INVALID for an unknown type, or a name that can't be a field's
 */
export function schemaOfFields(fields: ExampleFields | AnyFeature): AnyFeature {
  if (isFeature(fields)) return fields;
  const declared = Object.entries(fields).map(([name, field]) => [name, featureOf(field)] as const);
  return features(Object.fromEntries(declared));
}

/** Every feature has leaves, and no field is a list. */
function isFeature(fields: ExampleFields | AnyFeature): fields is AnyFeature {
  return Array.isArray(Reflect.get(fields, 'leaves'));
}

function featureOf(field: ExampleFields[string]): AnyFeature {
  if (typeof field !== 'string') return field;
  // `scalar` says which types there are.
  return field.endsWith('?') ? optional(scalar(field.slice(0, -1) as ElementType)) : scalar(field as ElementType);
}

import type { Leaf } from '../leaf.js';
import type { Definition, Dimension, OptionalDefinition, TensorDefinition } from './definition.js';
import { dtypeOf } from './element-types.js';
import { invalidFeature } from './invalid-feature.js';

/** The part of a leaf that its place in the schema gives. */
interface Place {
  readonly key: string;
  readonly sequences: readonly Dimension[];
}

const root: Place = { key: '', sequences: [] };

/**
 * The physical columns below a definition, in the order of declaration (see leaf.ts). This is tfds' "serialized info":
 * `get_serialized_info` of each feature class.
 *
 * @throws {DatasetsError} FEATURE_INVALID when tf.Example can't hold the feature in its place
 */
export function collectLeaves(definition: Definition): Leaf[] {
  return collect(definition, root);
}

function collect(definition: Definition, place: Place): Leaf[] {
  switch (definition.kind) {
    case 'scalar':
      return [leaf(place, { dtype: dtypeOf(definition.dtype), text: definition.dtype === 'string' })];
    case 'text':
      return [leaf(place, { dtype: 'string', text: true })];
    case 'class-label':
      return [leaf(place, { dtype: 'int64' })];
    case 'bounding-box':
      return [leaf(place, { dtype: 'float32', shape: [4] })];
    case 'image':
      return [leaf(place, { dtype: 'string' })];
    case 'tensor':
      return collectTensor(definition, place);
    case 'audio':
      return definition.stored === 'file' ? [leaf(place, { dtype: 'string' })] : collectTensor(definition, place);
    case 'video':
      return [leaf(nested(place, definition.shape[0] ?? null), { dtype: 'string' })];
    case 'sequence':
    case 'dataset':
      return collect(definition.feature, nested(place, definition.length));
    case 'record':
      return Object.entries(definition.fields).flatMap(([name, field]) => collect(field, below(place, name)));
    case 'translation':
      return definition.languages.map((language) => leaf(below(place, language), { dtype: 'string', text: true }));
    case 'translation-variable-languages':
      return ['language', 'translation'].map((name) =>
        leaf(nested(below(place, name), null), { dtype: 'string', text: true }),
      );
    case 'optional':
      return collectOptional(definition, place);
    case 'dropped':
      return [];
    case 'masked':
    case 'pseudonymised':
      return collect(definition.stored, place);
  }
}

/** How an optional value is stored: left out of the tf.Example as by tfds' `optional=True`, or as a sequence of none or one. */
export type OptionalLayout = 'absent' | 'sequence';

/**
 * tfds leaves out scalars, text and tensors of a known shape, outside of sequences. The rest it can't: an encoded tensor or one with an unknown
 * dimension fails to build its default (tensor_feature.py `_default_value`), as does bfloat16; inside a sequence None is refused.
 */
export function optionalLayout(definition: OptionalDefinition, enclosingSequences: number): OptionalLayout {
  if (enclosingSequences > 0) return 'sequence';
  const { feature } = definition;
  const inner = feature.kind === 'masked' || feature.kind === 'pseudonymised' ? feature.stored : feature;
  switch (inner.kind) {
    case 'text':
      return 'absent';
    case 'scalar':
      return inner.dtype === 'bfloat16' ? 'sequence' : 'absent';
    case 'tensor':
      return inner.dtype !== 'bfloat16' && inner.encoding === 'none' && !inner.shape.includes(null)
        ? 'absent'
        : 'sequence';
    default:
      return 'sequence';
  }
}

function collectOptional(definition: OptionalDefinition, place: Place): Leaf[] {
  if (optionalLayout(definition, place.sequences.length) === 'sequence') {
    return collect(definition.feature, nested(place, null));
  }
  return collect(definition.feature, place).map((inner) => Object.freeze({ ...inner, optional: true }));
}

function collectTensor(definition: Pick<TensorDefinition, 'dtype' | 'shape' | 'encoding'>, place: Place): Leaf[] {
  const { dtype, shape, encoding } = definition;
  if (encoding === 'none') {
    if (place.sequences.length > 0 && shape.includes(null)) throw unknownInSequence(place.key);
    return [leaf(place, { dtype: dtypeOf(dtype), shape, text: dtype === 'string' })];
  }
  if (!hasStoredShape(definition)) return [leaf(place, { dtype: 'string' })];
  return [
    leaf(below(place, 'shape'), { dtype: 'int32', shape: [shape.length] }),
    leaf(below(place, 'value'), { dtype: 'string' }),
  ];
}

/** Whether a tensor's shape is stored beside its value: where more than one dimension is unknown (tfds' `_dynamic_shape`). */
export function hasStoredShape({ shape }: Pick<TensorDefinition, 'shape'>): boolean {
  return shape.filter((dimension) => dimension === null).length > 1;
}

function unknownInSequence(key: string): Error {
  return invalidFeature(
    `${key === '' ? 'a tensor in a sequence' : key}: a tensor with an unknown dimension can't be stored in a sequence as it is`,
    "Give it encoding: 'bytes' (or 'zlib'), or declare the dimension as a sequence of its own.",
  );
}

function leaf(place: Place, type: Pick<Leaf, 'dtype'> & Partial<Pick<Leaf, 'shape' | 'text'>>): Leaf {
  return Object.freeze({
    key: place.key,
    dtype: type.dtype,
    sequences: place.sequences,
    shape: type.shape ?? [],
    optional: false,
    text: type.text ?? false,
  });
}

function below(place: Place, name: string): Place {
  return { key: place.key === '' ? name : `${place.key}/${name}`, sequences: place.sequences };
}

function nested(place: Place, length: Dimension): Place {
  return { key: place.key, sequences: Object.freeze([...place.sequences, length]) };
}

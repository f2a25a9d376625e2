import {
  classLabel,
  features,
  image,
  optional,
  record,
  scalar,
  sequence,
  tensor as tensorFeature,
  text as textFeature,
} from '../../src/features/index.js';
import { tensor } from '../oracle/index.js';
import type { Examples } from './build-version.js';

/** Every shape of column: scalars, text, optional, ragged in one and two levels, tensors with an unknown dimension, images. */
export const sampleSchema = features({
  id: scalar('int64'),
  label: classLabel({ names: ['cat', 'dog', 'eel'] }),
  name: textFeature(),
  weight: optional(scalar('float32')),
  tags: sequence(textFeature()),
  position: tensorFeature({ dtype: 'float32', shape: [2] }),
  signal: tensorFeature({ dtype: 'int32', shape: [null] }),
  user: record({ active: scalar('bool'), photo: image({ shape: [2, 2, 1] }) }),
  steps: sequence(record({ reward: scalar('float32'), choices: sequence(scalar('int32')) })),
});

/** The same features for tfds, as an expression in Python. */
export const sampleExpression = `tfds.features.FeaturesDict({
  'id': tfds.features.Scalar(np.int64),
  'label': tfds.features.ClassLabel(names=['cat', 'dog', 'eel']),
  'name': tfds.features.Text(),
  'weight': tfds.features.Scalar(np.float32, optional=True),
  'tags': tfds.features.Sequence(tfds.features.Text()),
  'position': tfds.features.Tensor(shape=(2,), dtype=np.float32),
  'signal': tfds.features.Tensor(shape=(None,), dtype=np.int32),
  'user': {'active': tfds.features.Scalar(np.bool_), 'photo': tfds.features.Image(shape=(2, 2, 1))},
  'steps': tfds.features.Sequence({'reward': np.float32, 'choices': tfds.features.Sequence(np.int32)}),
})`;

/** Examples `from .. to` with keys `k<from>` and so on; each has other lengths. */
export function sampleExamples(from: number, to: number): Examples {
  return Array.from({ length: to - from }, (_, i) => [`k${from + i}`, sampleExample(from + i)] as const);
}

export function sampleExample(i: number) {
  return {
    id: BigInt(i) * 1_000_000_007n,
    label: i % 3,
    name: `é${i}`,
    ...(i % 3 !== 0 && { weight: i / 2 }),
    tags: Array.from({ length: i % 4 }, (_, j) => `tag ${j}`),
    position: [i, -i / 4],
    signal: Array.from({ length: (i * 7) % 5 }, (_, j) => i + j),
    user: { active: i % 2 === 0, photo: { data: Uint8Array.of(i, 1, 2, 3), shape: [2, 2, 1] } },
    steps: Array.from({ length: i % 3 }, (_, j) => ({
      reward: j + 0.5,
      choices: Array.from({ length: (i + j) % 3 }, (_, k) => k - j),
    })),
  };
}

/** A decoded example in plain values, images as their pixels: what can be compared with what the oracle reads. */
export function plainExample(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>);
  if (Array.isArray(value)) return value.map(plainExample);
  if (typeof value !== 'object' || value === null) return value;
  if ('encoded' in value && 'data' in value) return plainExample(value.data);
  if ('data' in value && 'shape' in value) return plainExample(value.data);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainExample(item)]));
}

/** An example as tfds takes it: pixels as an array, an absent optional as None. */
export function tfdsInput(i: number): unknown {
  const { user, ...example } = sampleExample(i);
  return { weight: null, ...example, user: { ...user, photo: tensor('uint8', [2, 2, 1], user.photo.data) } };
}

/**
 * A sample as tfds, Hugging Face or this package reads it, in the one form in which they can be compared: int64 as numbers, pixels flat, a
 * sequence of records as a record of lists (tfds), an absent float32 as null (tfds reads its smallest number).
 */
export function comparable(value: unknown): unknown {
  const { weight, steps, user, ...rest } = numbers(plainExample(value)) as SampleRow;
  const isAbsent = weight === null || weight < -3e38;
  const photo = [user.photo].flat(3);
  return {
    ...rest,
    name: text(rest.name),
    tags: rest.tags.map(text),
    weight: isAbsent ? null : weight,
    steps: recordOfLists(steps),
    user: { ...user, photo },
  };
}

/** tfds gives text as its bytes. */
function text(value: unknown): unknown {
  return Array.isArray(value) ? Buffer.from(value).toString('utf8') : value;
}

interface SampleRow {
  readonly name: unknown;
  readonly tags: readonly unknown[];
  readonly weight: number | null;
  readonly steps: StepLists | readonly { readonly reward: number; readonly choices: readonly number[] }[];
  readonly user: { readonly active: boolean; readonly photo: unknown };
}

interface StepLists {
  readonly reward: readonly number[];
  readonly choices: readonly (readonly number[])[];
}

function recordOfLists(steps: SampleRow['steps']): StepLists {
  if (!Array.isArray(steps)) return steps as StepLists;
  return { reward: steps.map((step) => step.reward), choices: steps.map((step) => step.choices) };
}

function numbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(numbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbers(item)]));
}

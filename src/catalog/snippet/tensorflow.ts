import { exampleListOf, type Leaf } from '../../features/index.js';
import { filePattern, versionPath } from './python-path.js';
import { pythonName, pythonString } from './python-text.js';
import type { SnippetMedia, SnippetSplit, SnippetVersion } from './snippet-version.js';

export function tensorflowSnippet(version: SnippetVersion, split: SnippetSplit): string {
  const name = pythonName(split.name);
  const { folder, pattern } = filePattern(version, split.tfrecordFiles);
  const steps = version.leaves.flatMap((leaf) =>
    decodeSteps(
      leaf,
      version.media.find(({ key }) => key === leaf.key),
    ),
  );
  const batch = version.leaves.every((leaf) => isRegular(leaf, version.media)) ? 'batch' : 'ragged_batch';
  return `from pathlib import Path

import tensorflow as tf

FEATURES = {
${version.leaves.map((leaf) => `    ${pythonString(leaf.key)}: ${featureSpec(leaf)},\n`).join('')}}


def decode(record):
    example = tf.io.parse_single_example(record, FEATURES)
${steps.map((step) => `    ${step}\n`).join('')}    return example


shards = sorted(str(shard) for shard in Path(${versionPath(version, folder.slice(0, -1))}).glob(${pythonString(pattern)}))
${name} = (
    tf.data.Dataset.from_tensor_slices(shards)
    .shuffle(len(shards), seed=0)
    .interleave(tf.data.TFRecordDataset, cycle_length=4, num_parallel_calls=tf.data.AUTOTUNE)
    .shuffle(10_000, seed=0)
    .map(decode, num_parallel_calls=tf.data.AUTOTUNE)
    .${batch}(256)
    .prefetch(tf.data.AUTOTUNE)
)
for batch in ${name}.take(1):
    print({key: (value.dtype, value.shape) for key, value in batch.items()})
`;
}

/** How a leaf lies in a tf.Example: see `Leaf.sequences`. */
function featureSpec(leaf: Leaf): string {
  const type = parsedType(leaf);
  if (isFixed(leaf)) return `tf.io.FixedLenFeature(${pythonShape(leaf.shape)}, ${type})`;
  if (leaf.sequences.length < 2) return `tf.io.RaggedFeature(${type})`;
  const partitions = leaf.sequences
    .slice(1)
    .map((_, level) => `tf.io.RaggedFeature.RowLengths(${pythonString(`${leaf.key}/ragged_row_lengths_${level}`)})`)
    .concat(leaf.shape.map((dimension) => `tf.io.RaggedFeature.UniformRowLength(${dimension})`));
  return `tf.io.RaggedFeature(${type}, value_key=${pythonString(`${leaf.key}/ragged_flat_values`)}, partitions=[${partitions.join(', ')}])`;
}

/** What parsing leaves to do: shape, dtype, pixels. */
function decodeSteps(leaf: Leaf, media: SnippetMedia | undefined): readonly string[] {
  const value = `example[${pythonString(leaf.key)}]`;
  const steps: string[] = [];
  if (!isFixed(leaf) && leaf.sequences.length < 2 && !leaf.optional) {
    const dimensions = [...leaf.sequences, ...leaf.shape];
    if (dimensions.length > 1 || dimensions[0] !== null)
      steps.push(`${value} = tf.reshape(${value}, ${pythonShape(dimensions)})`);
  }
  const stored =
    exampleListOf(leaf.dtype) === 'bytes' ? 'string' : exampleListOf(leaf.dtype) === 'float' ? 'float32' : 'int64';
  if (leaf.dtype !== stored) steps.push(`${value} = tf.cast(${value}, tf.${leaf.dtype})`);
  if (media?.kind === 'image' && media.dtype !== 'float32')
    steps.push(`${value} = ${decodedImage(value, leaf, media)}`);
  return steps;
}

function decodedImage(value: string, leaf: Leaf, media: SnippetMedia): string {
  const decode = (image: string): string =>
    `tf.io.decode_image(${image}, channels=${media.shape[2] ?? 0}, dtype=tf.${media.dtype}, expand_animations=False)`;
  if (leaf.sequences.length === 0) return decode(value);
  return `tf.map_fn(lambda image: ${decode('image')}, ${value}, fn_output_signature=tf.${media.dtype})`;
}

/** Whether every example has the same number of values, so that the leaf parses to one dense tensor. */
function isFixed(leaf: Leaf): boolean {
  return leaf.sequences.length === 0 && !leaf.optional && !leaf.shape.includes(null);
}

/** Whether examples of it can be stacked: images may differ in size. */
function isRegular(leaf: Leaf, media: readonly SnippetMedia[]): boolean {
  return (
    isFixed(leaf) && !media.some(({ key, kind, shape }) => key === leaf.key && kind === 'image' && shape.includes(null))
  );
}

function parsedType(leaf: Leaf): string {
  const list = exampleListOf(leaf.dtype);
  return list === 'bytes' ? 'tf.string' : list === 'float' ? 'tf.float32' : 'tf.int64';
}

function pythonShape(dimensions: readonly (number | null)[]): string {
  return `[${dimensions.map((dimension) => dimension ?? -1).join(', ')}]`;
}

import { DatasetsError } from '../../core/errors/index.js';
import { exampleListOf, firstExampleKey, itemSize, type Leaf } from '../../features/index.js';

/**
 * How leaves lie in a tf.Example, whose protobuf is
 *
 *     message Example   { Features features = 1; }
 *     message Features  { map<string, Feature> feature = 1; }
 *     message Feature   { oneof kind { BytesList bytes_list = 1; FloatList float_list = 2; Int64List int64_list = 3; } }
 *     message BytesList { repeated bytes value = 1; }    FloatList and Int64List likewise, packed
 *
 * (tensorflow/core/example/feature.proto). A map entry is a message with the key as field 1 and the Feature as field 2. Every tag
 * here is one byte: field number << 3 | wire type.
 */
export const tags = {
  features: 0x0a,
  entry: 0x0a,
  key: 0x0a,
  feature: 0x12,
  bytesList: 0x0a,
  floatList: 0x12,
  int64List: 0x1a,
  /** Field 1 of a list, length-delimited: one string, or all packed numbers. */
  values: 0x0a,
  unpackedInt64: 0x08,
  unpackedFloat: 0x0d,
} as const;

export const listTags = { bytes: tags.bytesList, float: tags.floatList, int64: tags.int64List } as const;

/** The keys of a leaf with two or more sequences: its values and, level by level from the second, its lengths (tfds' example_serializer.py). */
export interface RaggedKeys {
  readonly flatValues: string;
  /** In the order of levels. */
  readonly rowLengths: readonly string[];
}

export function raggedKeys(leaf: Leaf): RaggedKeys | undefined {
  if (leaf.sequences.length < 2) return undefined;
  return {
    flatValues: firstExampleKey(leaf),
    rowLengths: leaf.sequences.slice(1).map((_, level) => `${leaf.key}/ragged_row_lengths_${level}`),
  };
}

/** One key of a tf.Example and the list it holds. */
export interface ExampleEntry {
  readonly key: string;
  readonly list: 'bytes' | 'float' | 'int64';
  /** The tag of that list in its Feature. */
  readonly listTag: number;
  /** Index of the leaf. */
  readonly leaf: number;
  /** For a ragged leaf's lengths, the index of `ragged_row_lengths_<level>`; undefined for values. */
  readonly level: number | undefined;
}

/**
 * Every key of a tf.Example with these leaves, in the order of their UTF-8 bytes.
 *
 * @throws DatasetsError `FEATURE_INVALID` when two leaves have a key in common, or when a leaf's own keys don't stand together (a row is
 *   written in one pass over its leaves).
 */
export function exampleEntries(leaves: readonly Leaf[]): readonly ExampleEntry[] {
  const entries = leaves.flatMap((leaf, index): ExampleEntry[] => {
    const ragged = raggedKeys(leaf);
    const list = exampleListOf(leaf.dtype);
    const listTag = listTags[list];
    if (ragged === undefined) return [{ key: leaf.key, list, listTag, leaf: index, level: undefined }];
    const lengths = ragged.rowLengths.map(
      (key, level): ExampleEntry => ({ key, list: 'int64', listTag: listTags.int64, leaf: index, level }),
    );
    return [{ key: ragged.flatValues, list, listTag, leaf: index, level: undefined }, ...lengths];
  });
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    if (before === undefined) continue;
    if (before.key === entry.key) {
      throw new DatasetsError(
        'FEATURE_INVALID',
        `two features are both stored under the tf.Example key '${entry.key}'`,
        {
          hint: "Rename one of them; a '/' in a name counts as nesting.",
          at: { field: entry.key },
        },
      );
    }
    if (before.leaf > entry.leaf) {
      throw new DatasetsError(
        'FEATURE_INVALID',
        `the tf.Example key '${entry.key}' does not stand together with the other keys of its feature: '${before.key}' comes between`,
        { hint: 'Rename one of the two features.', at: { field: entry.key } },
      );
    }
  }
  return entries;
}

/**
 * Refuses leaves whose values in a tf.Example would not tell how many items a sequence has.
 *
 * tfds can't read them back either: it takes one unknown dimension a feature.
 */
export function checkCountable(leaf: Leaf): void {
  const size = itemSize(leaf);
  const inner = leaf.sequences.at(-1);
  if (leaf.sequences.length === 0 || (size !== null && size > 0)) return;
  if (leaf.sequences.length === 1 && inner !== null && inner !== undefined) return;
  throw new DatasetsError(
    'FEATURE_INVALID',
    `'${leaf.key}': a sequence of tensors of shape [${leaf.shape.map(String).join(', ')}] cannot be stored in a tf.Example`,
    { hint: "Fix the tensor's shape, or store it with encoding 'bytes' or 'zlib'.", at: { field: leaf.key } },
  );
}

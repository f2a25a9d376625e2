import { dtypeBytes, exampleListOf, itemSize, type Leaf } from '../../features/index.js';
import { type NumberCode, numberCodes } from '../columns/row-numbers.js';
import { EntryHeads, maxValueBytes } from './entry-heads.js';
import { listTags, raggedKeys, tags } from './example-layout.js';
import { Template } from './example-target.js';
import { putVarint32, varintSize32 } from './varint.js';

/** How a leaf is written; the first three have a short way. */
export const leafKinds = { integer: 0, float32: 1, string: 2, general: 3 } as const;

/** Bytes of a varint of 64 bits. */
const longestVarint = 10;

/** What is known of a leaf before any row is seen. One class, so that the loop over plans stays monomorphic. */
export class LeafPlan {
  readonly kind: number;
  readonly code: NumberCode;
  /** Bytes of a value; 0 for strings. */
  readonly width: number;
  readonly isFloat: boolean;
  readonly isString: boolean;
  readonly optional: boolean;
  readonly levels: number;
  /** -1 where rows carry a count for each item. */
  readonly itemValues: number;
  readonly listTag: number;
  /** A map entry's key field and the tag of its value. */
  readonly prefix: Template;
  readonly lengthPrefixes: readonly Template[];
  /** The levels of `lengthPrefixes` in the order of their keys' bytes (`…_10` stands before `…_2`). */
  readonly lengthOrder: readonly number[];
  /** For the short ways. */
  readonly heads: EntryHeads;
  /** A longer string needs lengths of two bytes. */
  readonly maxShortString: number;

  constructor(leaf: Leaf) {
    const list = exampleListOf(leaf.dtype);
    const ragged = raggedKeys(leaf);
    const lengthKeys = ragged?.rowLengths ?? [];
    const prefix = entryPrefix(ragged?.flatValues ?? leaf.key);
    this.isString = leaf.dtype === 'string';
    this.isFloat = list === 'float';
    this.code = leaf.dtype === 'string' ? numberCodes.bool : numberCodes[leaf.dtype];
    this.width = leaf.dtype === 'string' ? 0 : dtypeBytes[leaf.dtype];
    this.optional = leaf.optional;
    this.levels = leaf.sequences.length;
    this.itemValues = itemSize(leaf) ?? -1;
    this.listTag = listTags[list];
    this.prefix = new Template(prefix);
    this.lengthPrefixes = lengthKeys.map((key) => new Template(entryPrefix(key)));
    this.lengthOrder = [...lengthKeys.keys()].sort((a, b) => ((lengthKeys[a] ?? '') < (lengthKeys[b] ?? '') ? -1 : 1));
    this.kind = this.#kindOf(leaf, maxValueBytes(prefix));
    this.maxShortString = this.kind === leafKinds.string ? maxValueBytes(prefix) : 0;
    this.heads = new EntryHeads(
      prefix,
      this.listTag,
      this.kind === leafKinds.string ? this.maxShortString : this.kind === leafKinds.general ? 0 : longestVarint,
    );
  }

  /** Scalars with keys so short that all lengths of an entry (but a long string's) are one byte. */
  #kindOf(leaf: Leaf, maxBytes: number): number {
    if (leaf.optional || leaf.sequences.length > 0 || leaf.shape.length > 0) return leafKinds.general;
    if (maxBytes < longestVarint) return leafKinds.general;
    if (leaf.dtype === 'string') return leafKinds.string;
    if (leaf.dtype === 'float32') return leafKinds.float32;
    return this.isFloat ? leafKinds.general : leafKinds.integer;
  }
}

function entryPrefix(key: string): Uint8Array {
  const name = Buffer.from(key);
  const prefix = new Uint8Array(1 + varintSize32(name.length) + name.length + 1);
  prefix[0] = tags.key;
  prefix.set(name, putVarint32(prefix, 1, name.length));
  prefix[prefix.length - 1] = tags.feature;
  return prefix;
}

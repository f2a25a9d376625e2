import type { ArrowArray } from '../arrow/array.js';
import { packBits } from '../arrow/bits.js';
import type { Field } from '../arrow/field.js';
import type { FileNode } from './file-schema.js';
import type { ColumnChunkData } from './page-reader.js';

/** The content of each leaf, by its path. */
export type Chunks = ReadonlyMap<string, ColumnChunkData>;

/**
 * The array of a field, from the levels and values of the leaves below it: the way back from `shred`.
 *
 * @throws RangeError when a leaf is not there.
 */
export function assemble(node: FileNode, chunks: Chunks): ArrowArray {
  const chunk = chunks.get(firstLeafPath(node));
  if (chunk === undefined) throw new RangeError('a column without data');
  const { length, present } = slotsOf(node, chunk);
  const validity = present === undefined ? undefined : packBits(present);
  const { field } = node;
  if (node.leaf !== undefined)
    return { field, length, validity, ...leafData(field, chunk, length, present), children: [] };
  const children = node.children.map((child) => assemble(child, chunks));
  const offsets = field.type.kind === 'list' ? listOffsets(node, chunk, length) : undefined;
  return { field, length, validity, offsets, data: undefined, children };
}

function firstLeafPath(node: FileNode): string {
  let below = node;
  for (;;) {
    if (below.leaf !== undefined) return below.leaf.path;
    const [first] = below.children;
    if (first === undefined) throw new RangeError('a group without fields');
    below = first;
  }
}

interface Slots {
  readonly length: number;
  /** A byte for each, 1 where it is not null; undefined where none is. */
  readonly present: Uint8Array | undefined;
}

/** The slots of a node: entries that are not deeper in a list, and that a list above it has. */
function slotsOf({ slotDefinition, definition, repetition }: FileNode, chunk: ColumnChunkData): Slots {
  const { entries, repetitions, definitions } = chunk;
  if (definitions === undefined) {
    return { length: repetitions === undefined ? entries : countUpTo(repetitions, repetition), present: undefined };
  }
  const present = new Uint8Array(entries);
  let length = 0;
  let nulls = 0;
  for (let i = 0; i < entries; i++) {
    if (repetitions !== undefined && (repetitions[i] as number) > repetition) continue;
    const level = definitions[i] as number;
    if (level < slotDefinition) continue;
    if (level >= definition) present[length] = 1;
    else nulls++;
    length++;
  }
  return { length, present: nulls === 0 ? undefined : present.subarray(0, length) };
}

function countUpTo(levels: Uint8Array, highest: number): number {
  let count = 0;
  for (let i = 0; i < levels.length; i++) if ((levels[i] as number) <= highest) count++;
  return count;
}

/** Where the elements of each list start. */
function listOffsets(
  { slotDefinition, definition, repetition }: FileNode,
  chunk: ColumnChunkData,
  length: number,
): Int32Array {
  const { entries, repetitions, definitions } = chunk;
  const offsets = new Int32Array(length + 1);
  let list = 0;
  let elements = 0;
  for (let i = 0; i < entries; i++) {
    const level = repetitions === undefined ? 0 : (repetitions[i] as number);
    const defined = definitions === undefined ? definition + 1 : (definitions[i] as number);
    if (level <= repetition) {
      if (defined < slotDefinition) continue;
      offsets[list++] = elements;
      if (defined > definition) elements++;
    } else if (level === repetition + 1) {
      elements++;
    }
  }
  offsets[list] = elements;
  return offsets;
}

/** Values with places for those that are null; booleans in bits. */
function leafData(
  { type }: Field,
  { data, offsets, values }: ColumnChunkData,
  length: number,
  present: Uint8Array | undefined,
): Pick<ArrowArray, 'data' | 'offsets'> {
  if (offsets !== undefined) {
    const isDense = present === undefined || values === length;
    return { data, offsets: isDense ? offsets : spreadOffsets(offsets, present) };
  }
  const width = type.kind === 'bool' ? 1 : data.length / Math.max(1, values);
  const spread = present === undefined || values === 0 ? data : spreadData(data, width, present);
  return { data: type.kind === 'bool' ? packBits(spread) : spread, offsets };
}

function spreadData(data: Uint8Array, width: number, present: Uint8Array): Uint8Array {
  const spread = new Uint8Array(present.length * width);
  let at = 0;
  for (let slot = 0; slot < present.length; slot++) {
    if (present[slot] === 0) continue;
    for (let byte = slot * width; byte < (slot + 1) * width; byte++) spread[byte] = data[at++] as number;
  }
  return spread;
}

function spreadOffsets(offsets: Int32Array, present: Uint8Array): Int32Array {
  const spread = new Int32Array(present.length + 1);
  let value = 0;
  for (let slot = 0; slot < present.length; slot++) {
    value += present[slot] as number;
    spread[slot + 1] = offsets[value] as number;
  }
  return spread;
}

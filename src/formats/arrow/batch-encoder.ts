import {
  type ArrowNode,
  type ArrowStruct,
  type ByteValues,
  type Column,
  type ColumnBatch,
  dtypeBytes,
  type NumericDType,
  type NumericValues,
} from '../../features/index.js';
import { bfloat16ToFloat32Bits } from '../columns/float-bits.js';
import { packBits } from './bits.js';

/** A record batch as Arrow lays it out, its buffers not yet joined. They may lie in the columns' own memory. */
export interface EncodedBatch {
  readonly rows: number;
  /** Length and null count of each array, parents before children. */
  readonly nodes: readonly (readonly [number, number])[];
  readonly buffers: readonly Uint8Array[];
}

/** Encodes rows `from .. to` of a batch. */
export function encodeBatch(root: ArrowStruct, batch: ColumnBatch, from: number, to: number): EncodedBatch {
  const encoder = new BatchEncoder(batch.columns);
  const rows = to - from;
  for (const { node } of root.fields) encoder.encode(node, { count: rows, present: undefined, from, dense: rows });
  return { rows, nodes: encoder.nodes, buffers: encoder.buffers };
}

/**
 * The slots of one Arrow array and which elements of the columns fill them.
 *
 * Columns hold only what is there; Arrow keeps a place for what is null. So `count` slots are filled by the `dense` elements from
 * element `from` on, in order, where `present` is 1; without `present` every slot is.
 */
interface Slots {
  readonly count: number;
  readonly present: Uint8Array | undefined;
  readonly from: number;
  readonly dense: number;
}

const noBytes = new Uint8Array(0);

class BatchEncoder {
  readonly nodes: (readonly [number, number])[] = [];
  readonly buffers: Uint8Array[] = [];
  readonly #columns: readonly Column[];

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  encode(node: ArrowNode, slots: Slots): void {
    switch (node.kind) {
      case 'struct':
        this.#array(slots);
        for (const field of node.fields) this.encode(field.node, slots);
        break;
      case 'list': {
        this.#array(slots);
        const offsets = this.#sequenceOffsets(node.item, node.level);
        this.encode(
          node.item,
          node.length === null ? this.#list(slots, offsets) : fixedList(slots, node.length, offsets),
        );
        break;
      }
      case 'optional':
        this.encode(node.item, optionalSlots(slots, this.#sequenceOffsets(node.item, node.level)));
        break;
      case 'media':
        this.#media(this.#column(node.leaf), slots);
        break;
      case 'values':
        this.#values(this.#column(node.leaf), slots);
    }
  }

  #column(leaf: number): Column {
    return this.#columns[leaf] as Column;
  }

  /** All leaves below a node have the same sequences above it: the first one tells their lengths. */
  #sequenceOffsets(node: ArrowNode, level: number): Int32Array {
    return this.#column(firstLeaf(node)).sequenceOffsets[level] as Int32Array;
  }

  /** Starts an array: its node and its validity bitmap, which is left empty where nothing is null. */
  #array({ count, present, dense }: Slots): void {
    this.nodes.push([count, count - dense]);
    this.buffers.push(present === undefined || count === dense ? noBytes : packBits(present));
  }

  /** Writes a list's offsets and returns the slots of its elements. */
  #list(slots: Slots, offsets: Int32Array, scale = 1): Slots {
    const first = (offsets[slots.from] as number) / scale;
    const end = (offsets[slots.from + slots.dense] as number) / scale;
    if (slots.present === undefined && first === 0 && scale === 1) {
      this.buffers.push(bytesOf(offsets.subarray(slots.from, slots.from + slots.count + 1)));
    } else {
      this.buffers.push(bytesOf(slotOffsets(slots, (element) => (offsets[element] as number) / scale)));
    }
    return { count: end - first, present: undefined, from: first, dense: end - first };
  }

  #values(column: Column, slots: Slots): void {
    const { leaf, itemOffsets } = column;
    const { shape } = leaf;
    let below = leaf.optional ? presentSlots(column, slots) : slots;
    const varying = shape.indexOf(null);
    for (const dimension of varying < 0 ? shape : shape.slice(0, varying)) {
      this.#array(below);
      below = fixedList(below, dimension ?? 0);
    }
    if (varying >= 0 && itemOffsets !== undefined) {
      this.#array(below);
      below = this.#varyingDimension(
        below,
        itemOffsets,
        product(shape.slice(0, varying)),
        product(shape.slice(varying + 1)),
      );
      for (const dimension of shape.slice(varying + 1)) {
        this.#array(below);
        below = fixedList(below, dimension ?? 0);
      }
    }
    this.#array(below);
    if (column.values.kind === 'bytes') this.#strings(column.values, below);
    else this.#numbers(leaf.dtype as NumericDType, column.values, below);
  }

  /**
   * The list of an unknown dimension, which stands for `outer` lists an item (the product of the dimensions before it), of equal length,
   * whose elements have `inner` values each.
   */
  #varyingDimension(slots: Slots, itemOffsets: Int32Array, outer: number, inner: number): Slots {
    if (outer === 1) return this.#list(slots, itemOffsets, inner);
    const lists = new Int32Array(slots.from + slots.dense + 1);
    for (let list = slots.from; list < lists.length; list++) {
      const item = Math.floor(list / outer);
      const start = itemOffsets[item] as number;
      const each = list % outer === 0 ? 0 : ((itemOffsets[item + 1] as number) - start) / outer;
      lists[list] = start + each * (list % outer);
    }
    return this.#list(slots, lists, inner);
  }

  /** `struct<bytes: binary, path: utf8>`, the path always null. */
  #media(column: Column, slots: Slots): void {
    const places = column.leaf.optional ? presentSlots(column, slots) : slots;
    this.#array(places);
    this.#array(places);
    this.#strings(column.values as ByteValues, places);
    this.nodes.push([places.count, places.count]);
    this.buffers.push(new Uint8Array((places.count + 7) >> 3), new Uint8Array(4 * (places.count + 1)), noBytes);
  }

  #strings({ offsets, bytes }: ByteValues, slots: Slots): void {
    const first = offsets[slots.from] as number;
    const end = offsets[slots.from + slots.dense] as number;
    if (slots.present === undefined && first === 0) {
      this.buffers.push(bytesOf(offsets.subarray(slots.from, slots.from + slots.count + 1)));
    } else {
      this.buffers.push(bytesOf(slotOffsets(slots, (element) => offsets[element] as number)));
    }
    this.buffers.push(bytes.subarray(first, end));
  }

  #numbers(dtype: NumericDType, { data }: NumericValues, slots: Slots): void {
    const width = dtypeBytes[dtype];
    const dense = bytesOf(data.subarray(slots.from, slots.from + slots.dense));
    const values = slots.present === undefined ? dense : spread(dense, slots.present, width);
    if (dtype === 'bool') this.buffers.push(packBits(values));
    else if (dtype === 'bfloat16') this.buffers.push(widenBfloat16(values));
    else this.buffers.push(values);
  }
}

function product(dimensions: readonly (number | null)[]): number {
  return dimensions.reduce<number>((size, dimension) => size * (dimension ?? 1), 1);
}

function firstLeaf(node: ArrowNode): number {
  for (let below = node; ; ) {
    if (below.kind === 'values' || below.kind === 'media') return below.leaf;
    // A struct without fields inside a list has no leaf to tell its length; features refuses it.
    below = below.kind === 'struct' ? (below.fields[0] as { node: ArrowNode }).node : below.item;
  }
}

/** The slots of the elements of lists of one length; those of a null list are null as well. */
function fixedList(slots: Slots, length: number, offsets?: Int32Array): Slots {
  const { count, present, from, dense } = slots;
  return {
    count: count * length,
    present: present === undefined ? undefined : repeatEach(present, length),
    from: offsets === undefined ? from * length : (offsets[from] as number),
    dense: dense * length,
  };
}

/** Of a sequence of none or one: its slots are present where it has the one. */
function optionalSlots(slots: Slots, offsets: Int32Array): Slots {
  const present = new Uint8Array(slots.count);
  let element = slots.from;
  for (let slot = 0; slot < slots.count; slot++) {
    if (slots.present !== undefined && slots.present[slot] === 0) continue;
    present[slot] = (offsets[element + 1] as number) > (offsets[element] as number) ? 1 : 0;
    element++;
  }
  const from = offsets[slots.from] as number;
  return { count: slots.count, present, from, dense: (offsets[slots.from + slots.dense] as number) - from };
}

/** Of an optional leaf, whose slots are rows: items exist for the rows that are present. */
function presentSlots({ presence }: Column, slots: Slots): Slots {
  if (presence === undefined) return slots;
  const present = presence.subarray(slots.from, slots.from + slots.count);
  return {
    count: slots.count,
    present,
    from: countOnes(presence, 0, slots.from),
    dense: countOnes(present, 0, slots.count),
  };
}

function countOnes(bytes: Uint8Array, from: number, to: number): number {
  let ones = 0;
  for (let i = from; i < to; i++) ones += bytes[i] as number;
  return ones;
}

function repeatEach(bytes: Uint8Array, times: number): Uint8Array {
  const repeated = new Uint8Array(bytes.length * times);
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) repeated.fill(1, i * times, (i + 1) * times);
  return repeated;
}

/** Offsets of all slots from 0 on, absent ones empty; `endAt(e)` is where element `e` starts in the columns. */
function slotOffsets(slots: Slots, startOf: (element: number) => number): Int32Array {
  const offsets = new Int32Array(slots.count + 1);
  const first = startOf(slots.from);
  let element = slots.from;
  for (let slot = 0; slot < slots.count; slot++) {
    if (slots.present === undefined || slots.present[slot] !== 0) element++;
    offsets[slot + 1] = startOf(element) - first;
  }
  return offsets;
}

/** Puts values of `width` bytes in the places that are present, zeros in the others. */
function spread(dense: Uint8Array, present: Uint8Array, width: number): Uint8Array {
  const places = new Uint8Array(present.length * width);
  let source = 0;
  for (let i = 0; i < present.length; i++) {
    if (present[i] === 0) continue;
    for (let byte = 0; byte < width; byte++) places[i * width + byte] = dense[source++] as number;
  }
  return places;
}

function widenBfloat16(bytes: Uint8Array): Uint8Array {
  const wide = new Int32Array(bytes.length / 2);
  for (let i = 0; i < wide.length; i++) {
    wide[i] = bfloat16ToFloat32Bits((bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8));
  }
  return bytesOf(wide);
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

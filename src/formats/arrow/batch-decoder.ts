import { DatasetsError } from '../../core/errors/index.js';
import {
  type ArrowNode,
  type ArrowStruct,
  arrowValueType,
  type Column,
  type ColumnBatch,
  type Leaf,
} from '../../features/index.js';
import { type ArrowArray, splitBody } from './array.js';
import { byteValues, numericValues } from './array-values.js';
import { bitAt } from './bits.js';
import { type ArrowType, type Field, typeName, valueTypes } from './field.js';
import type { RecordBatchHead } from './message-reader.js';
import {
  endSlot,
  fixedListPlace,
  listPlace,
  type OpenedList,
  type Place,
  presenceOffsets,
  presentPlace,
  requireInside,
  slotOf,
} from './place.js';

/** Below the sequences of an item: its offsets, when it has an unknown dimension, and its values. */
interface OpenedTensor {
  readonly itemOffsets: Int32Array | undefined;
  readonly array: ArrowArray;
  readonly place: Place;
}

/** Turns record batches into column batches, whoever wrote them: columns are found by their names. */
export class BatchDecoder {
  readonly #root: ArrowStruct;
  readonly #leaves: readonly Leaf[];
  readonly #fields: readonly Field[];
  readonly #file: string;

  /** @param fields Of the file's own schema. */
  constructor(root: ArrowStruct, leaves: readonly Leaf[], fields: readonly Field[], file: string) {
    this.#root = root;
    this.#leaves = leaves;
    this.#fields = fields;
    this.#file = file;
  }

  /**
   * @param body Starts at a multiple of 8 bytes of its ArrayBuffer; the columns lie in it where they can.
   * @throws DatasetsError `DATA_CORRUPT` when a column is missing, has another type, or a null where there may be none.
   */
  decode(head: RecordBatchHead, body: Uint8Array): ColumnBatch {
    return this.decodeArrays(head.rows, splitBody(this.#fields, head, body));
  }

  /** Turns the arrays of some rows into columns, with the errors of `decode`. */
  decodeArrays(rows: number, arrays: readonly ArrowArray[]): ColumnBatch {
    const columns: Column[] = [];
    const all: Place = { from: 0, count: rows, select: undefined };
    for (const { name, node } of this.#root.fields) {
      this.#decode(node, this.#child(arrays, name, name), all, [], name, columns);
    }
    // A schema of some fields leaves the other leaves out.
    return { rows, columns: columns.filter((column) => column !== undefined) };
  }

  /** Decodes the leaves below a node into `columns`; `levels` are the offsets of the sequences above it. */
  #decode(
    node: ArrowNode,
    array: ArrowArray,
    place: Place,
    levels: readonly Int32Array[],
    path: string,
    columns: Column[],
  ): void {
    switch (node.kind) {
      case 'struct':
        this.#requireType(array, 'struct', path);
        this.#requireValid(array, place, path);
        for (const field of node.fields) {
          const below = `${path}/${field.name}`;
          this.#decode(field.node, this.#child(array.children, field.name, below), place, levels, below, columns);
        }
        break;
      case 'list': {
        const { offsets, children } = this.#openList(array, place, node.length, path);
        this.#decode(node.item, this.#item(array, path), children, [...levels, offsets()], path, columns);
        break;
      }
      case 'optional': {
        const present = presentPlace(array, place);
        const offsets = presenceOffsets(present.presence);
        this.#decode(node.item, array, present.place, [...levels, offsets], path, columns);
        break;
      }
      case 'media': {
        this.#requireType(array, 'struct', path);
        const leaf = this.#leaves[node.leaf] as Leaf;
        const present = leaf.optional ? presentPlace(array, place) : { place, presence: undefined };
        this.#requireValid(array, present.place, path);
        const bytes = this.#child(array.children, 'bytes', `${path}/bytes`);
        this.#requireValid(
          bytes,
          present.place,
          `${path}/bytes`,
          "Embed the files first: dataset.map(..., batched=True) with datasets' embed_table_storage.",
        );
        columns[node.leaf] = this.#column(leaf, levels, undefined, present.presence, bytes, present.place, path);
        break;
      }
      case 'values': {
        const leaf = this.#leaves[node.leaf] as Leaf;
        const present = leaf.optional ? presentPlace(array, place) : { place, presence: undefined };
        const tensor = this.#openTensor(leaf, array, present.place, path);
        this.#requireValid(tensor.array, tensor.place, path);
        columns[node.leaf] = this.#column(
          leaf,
          levels,
          tensor.itemOffsets,
          present.presence,
          tensor.array,
          tensor.place,
          path,
        );
      }
    }
  }

  #column(
    leaf: Leaf,
    sequenceOffsets: readonly Int32Array[],
    itemOffsets: Int32Array | undefined,
    presence: Uint8Array | undefined,
    array: ArrowArray,
    place: Place,
    path: string,
  ): Column {
    this.#requireValueType(leaf, array, path);
    const values = leaf.dtype === 'string' ? byteValues(array, place) : numericValues(leaf.dtype, array, place);
    return { leaf, sequenceOffsets, itemOffsets, presence, values };
  }

  /** Goes down the lists of a leaf's own dimensions. */
  #openTensor(leaf: Leaf, array: ArrowArray, place: Place, path: string): OpenedTensor {
    let below: OpenedTensor = { itemOffsets: undefined, array, place };
    let outer = 1;
    for (const dimension of leaf.shape) {
      const opened = this.#openList(below.array, below.place, dimension, path);
      const itemOffsets: Int32Array | undefined =
        dimension === null
          ? this.#itemOffsets(opened.offsets(), outer, path)
          : below.itemOffsets?.map((offset) => offset * dimension);
      below = { itemOffsets, array: this.#item(below.array, path), place: opened.children };
      outer *= dimension ?? 1;
    }
    return below;
  }

  /** Offsets of items that consist of `outer` lists each, which must have one length. */
  #itemOffsets(offsets: Int32Array, outer: number, path: string): Int32Array {
    if (outer === 1) return offsets;
    const items = outer === 0 ? 0 : (offsets.length - 1) / outer;
    const itemOffsets = new Int32Array(items + 1);
    for (let item = 0; item < items; item++) {
      const first = item * outer;
      const length = (offsets[first + 1] as number) - (offsets[first] as number);
      for (let list = first; list < first + outer; list++) {
        if ((offsets[list + 1] as number) - (offsets[list] as number) !== length) {
          throw this.#unfit(path, 'has lists of several lengths where a tensor was expected');
        }
      }
      itemOffsets[item + 1] = offsets[first + outer] as number;
    }
    return itemOffsets;
  }

  #openList(array: ArrowArray, place: Place, length: number | null, path: string): OpenedList {
    this.#requireValid(array, place, path);
    const { type } = array.field;
    if (type.kind === 'fixedSizeList') {
      if (length !== null && length !== type.length) throw this.#wrongType(array, path, `lists of ${length}`);
      const end = endSlot(place) * type.length;
      requireInside(this.#item(array, path), { from: 0, count: end, select: undefined });
      return fixedListPlace(place, type.length);
    }
    if (array.offsets === undefined || (type.kind !== 'list' && type.kind !== 'largeList')) {
      throw this.#wrongType(array, path, 'a list');
    }
    const opened = listPlace(array.offsets, place, this.#item(array, path).length);
    if (length !== null && opened.offsets().some((offset, i) => offset !== i * length)) {
      throw this.#unfit(path, `has lists that are not of length ${length}`);
    }
    return opened;
  }

  #item(array: ArrowArray, path: string): ArrowArray {
    const [item] = array.children;
    if (item === undefined) throw this.#wrongType(array, path, 'a list');
    return item;
  }

  #child(arrays: readonly ArrowArray[], name: string, path: string): ArrowArray {
    const found = arrays.find((array) => array.field.name === name);
    if (found !== undefined) return found;
    const readable = arrays.map((array) => array.field.name).join(', ');
    throw this.#unfit(path, 'is missing', `Columns that can be read: ${readable || 'none'}.`);
  }

  /** Checks that a place lies in the array and none of its slots is null. */
  #requireValid(array: ArrowArray, place: Place, path: string, hint?: string): void {
    requireInside(array, place);
    const { validity } = array;
    if (validity === undefined) return;
    for (let element = 0; element < place.count; element++) {
      if (!bitAt(validity, slotOf(place, element))) throw this.#unfit(path, 'holds a null, but is not optional', hint);
    }
  }

  #requireType(array: ArrowArray, kind: ArrowType['kind'], path: string): void {
    if (array.field.type.kind !== kind) throw this.#wrongType(array, path, `a ${kind}`);
  }

  #requireValueType(leaf: Leaf, array: ArrowArray, path: string): void {
    const { type } = array.field;
    const expected = valueTypes[arrowValueType(leaf)];
    if (leaf.dtype === 'string') {
      if (['utf8', 'binary', 'largeUtf8', 'largeBinary'].includes(type.kind)) return;
    } else if (JSON.stringify(type) === JSON.stringify(expected)) {
      return;
    }
    throw this.#wrongType(array, path, typeName({ name: '', type: expected, children: [] }));
  }

  #wrongType(array: ArrowArray, path: string, expected: string): DatasetsError {
    return this.#unfit(path, `has the type ${typeName(array.field)}, expected ${expected}`);
  }

  #unfit(path: string, what: string, hint?: string): DatasetsError {
    return new DatasetsError('DATA_CORRUPT', `${this.#file}: the column '${path}' ${what}`, {
      hint: hint ?? 'The file was written with other features than those it is read with.',
      at: { file: this.#file, field: path },
    });
  }
}

import {
  type ArrowArray,
  aligned,
  bitAt,
  type Field,
  type ForeignType,
  float16ToFloat32Bits,
} from '../../formats/index.js';
import type { LeafType } from '../columnar/column-type.js';
import { convertPiece, type ReportValue, type ValueChoices } from '../columnar/convert.js';
import { type ColumnValues, rowFactory } from '../row-factory.js';
import { bytesValues, textValues } from './text-values.js';

/** Which row of the batch a slot of an array belongs to: for messages. */
export type RowOf = (slot: number) => number;

/** Gives the author's values of the slots `from .. to` of an array, null where one is null. Throws a RangeError for an array that is damaged. */
export type SlotDecoder = (array: ArrowArray, from: number, to: number, rowOf: RowOf) => ColumnValues;

export interface DecoderContext {
  readonly choices: ValueChoices;
  /** The values of a dictionary by its id. */
  readonly dictionary: (id: number) => ColumnValues;
  /** Reports what is wrong with a row of the batch; throws. */
  readonly report: ReportValue;
}

/** Makes the decoder of a column whose type `unreadable` has no word against. */
export function slotDecoder(field: Field, context: DecoderContext): SlotDecoder {
  const { type, children } = field;
  switch (type.kind) {
    case 'bool':
      return withNulls(boolSlots);
    case 'int':
      return type.bits === 64
        ? leafSlots({ kind: type.signed ? 'int64' : 'uint64' }, integerSlots(64, type.signed), context)
        : withNulls(integerSlots(type.bits, type.signed));
    case 'float':
      return withNulls(type.bits === 16 ? halfSlots : type.bits === 32 ? floatSlots : doubleSlots);
    case 'utf8':
    case 'largeUtf8':
      return textSlots(context);
    case 'binary':
    case 'largeBinary':
      return withNulls(bytesValues);
    case 'list':
    case 'largeList':
      return listSlots(children, context, (array) => offsetsOf(array));
    case 'fixedSizeList':
      return listSlots(children, context, (array) => fixedOffsets(array.length, type.length));
    case 'struct':
      return structSlots(children, context);
    case 'other':
      if (type.foreign === undefined) throw new RangeError(`no decoder for ${type.name}`);
      return foreignDecoder(type.foreign, field, context);
  }
}

function foreignDecoder(type: ForeignType, field: Field, context: DecoderContext): SlotDecoder {
  switch (type.kind) {
    case 'null':
      return (_, from, to) => new Array<unknown>(to - from).fill(null);
    case 'utf8View':
      return textSlots(context);
    case 'binaryView':
      return withNulls(bytesValues);
    case 'map':
      return listSlots(field.children.map(mapEntry), context, (array) => offsetsOf(array));
    case 'fixedSizeBinary':
      return withNulls(field.extension === 'arrow.uuid' ? uuidSlots : fixedBytes(type.bytes));
    case 'decimal':
      return leafSlots({ kind: 'decimal', scale: type.scale }, bigIntegerSlots(type.bits / 8), context);
    case 'date':
      return leafSlots({ kind: 'date' }, type.unit === 'day' ? integerSlots(32, true) : millisecondDays, context);
    case 'time':
      return leafSlots({ kind: 'time', unit: type.unit }, integerSlots(type.bits, true), context);
    case 'duration':
      return leafSlots({ kind: 'time', unit: type.unit }, integerSlots(64, true), context);
    case 'timestamp':
      return leafSlots({ kind: 'timestamp', unit: type.unit }, integerSlots(64, true), context);
    case 'dictionary':
      return dictionarySlots(type.id, integerSlots(type.index.bits, type.index.signed), context);
  }
}

/** Values of slots in their physical form, of whatever slots are null too. */
type RawSlots = (array: ArrowArray, from: number, to: number) => ColumnValues;

function withNulls(raw: RawSlots): SlotDecoder {
  return (array, from, to) => nulled(raw(array, from, to), array, from);
}

/** Puts null where a slot is null. Where there are none, what comes is what was given. */
function nulled(values: ColumnValues, { validity }: ArrowArray, from: number): ColumnValues {
  if (validity === undefined) return values;
  const all = new Array<unknown>(values.length);
  for (let i = 0; i < all.length; i++) all[i] = bitAt(validity, from + i) ? values[i] : null;
  return all;
}

/** Values whose form the author has a choice of. */
function leafSlots(leaf: LeafType, raw: RawSlots, { choices, report }: DecoderContext): SlotDecoder {
  const isAsStored = choices.int64 === 'bigint' && (leaf.kind === 'int64' || leaf.kind === 'uint64');
  return (array, from, to, rowOf) => {
    const values = nulled(raw(array, from, to), array, from);
    if (isAsStored) return values;
    const target = new Array<unknown>(to - from);
    convertPiece({ kind: 'leaf', leaf }, choices, values, target, 0, (index, what, hint, reason) =>
      report(rowOf(from + index), what, hint, reason),
    );
    return target;
  };
}

const boolSlots: RawSlots = ({ data = noBytes }, from, to) => {
  if (data.length * 8 < to) throw new RangeError('a buffer that is too short');
  return Array.from({ length: to - from }, (_, i) => bitAt(data, from + i));
};

const noBytes = new Uint8Array(0);

function integerSlots(bits: number, signed: boolean): RawSlots {
  const Numbers = integerArrays[`${signed ? '' : 'u'}${bits}`];
  if (Numbers === undefined) throw new RangeError(`integers of ${bits} bits`);
  return ({ data = noBytes }, from, to) => new Numbers(...aligned(data, bits / 8, to)).subarray(from, to);
}

const integerArrays: Readonly<
  Record<
    string,
    new (
      memory: ArrayBufferLike,
      offset: number,
      length: number,
    ) => { subarray(from: number, to: number): ColumnValues }
  >
> = {
  8: Int8Array,
  16: Int16Array,
  32: Int32Array,
  64: BigInt64Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  u64: BigUint64Array,
};

const floatSlots: RawSlots = ({ data = noBytes }, from, to) =>
  new Float32Array(...aligned(data, 4, to)).subarray(from, to);
const doubleSlots: RawSlots = ({ data = noBytes }, from, to) =>
  new Float64Array(...aligned(data, 8, to)).subarray(from, to);
const halfSlots: RawSlots = ({ data = noBytes }, from, to) => {
  const halves = new Uint16Array(...aligned(data, 2, to)).subarray(from, to);
  return new Float32Array(Int32Array.from(halves, float16ToFloat32Bits).buffer);
};

/** Days as numbers, of dates that are stored in milliseconds. They are multiples of a day (Schema.fbs, DateUnit). */
const millisecondDays: RawSlots = ({ data = noBytes }, from, to) =>
  Array.from(new BigInt64Array(...aligned(data, 8, to)).subarray(from, to), (count) => Number(count) / 86_400_000);

/** Little-endian integers of 4 to 32 bytes. */
function bigIntegerSlots(bytes: number): RawSlots {
  if (bytes <= 8) return integerSlots(bytes * 8, true);
  const words = bytes / 8;
  return ({ data = noBytes }, from, to) => {
    const all = new BigUint64Array(...aligned(data, 8, to * words));
    return Array.from({ length: to - from }, (_, i) => {
      let value = 0n;
      for (let word = words - 1; word >= 0; word--) value = (value << 64n) | (all[(from + i) * words + word] as bigint);
      return BigInt.asIntN(bytes * 8, value);
    });
  };
}

function fixedBytes(bytes: number): RawSlots {
  return ({ data = noBytes }, from, to) => {
    if (data.length < to * bytes) throw new RangeError('a buffer that is too short');
    const start = data.byteOffset + from * bytes;
    return Array.from({ length: to - from }, (_, i) => new Uint8Array(data.buffer, start + i * bytes, bytes));
  };
}

const uuidSlots: RawSlots = (array, from, to) =>
  Array.from(fixedBytes(16)(array, from, to) as Uint8Array[], (bytes) =>
    Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  );

function textSlots({ report }: DecoderContext): SlotDecoder {
  return (array, from, to, rowOf) => {
    const texts = textValues(array, from, to, (slot) =>
      report(rowOf(slot), 'a text that is not valid UTF-8', 'Write such a column as binary.'),
    );
    return nulled(texts, array, from);
  };
}

function offsetsOf({ offsets }: ArrowArray): Int32Array {
  if (offsets === undefined) throw new RangeError('a list without offsets');
  return offsets;
}

function fixedOffsets(length: number, items: number): Int32Array {
  return Int32Array.from({ length: length + 1 }, (_, i) => i * items);
}

function listSlots(
  children: readonly Field[],
  context: DecoderContext,
  offsetsOfArray: (array: ArrowArray) => Int32Array,
): SlotDecoder {
  const [item] = children;
  if (item === undefined) throw new RangeError('a list of nothing');
  const decode = slotDecoder(item, context);
  return (array, from, to, rowOf) => {
    const offsets = offsetsOfArray(array);
    const [items] = array.children;
    const first = offsets[from] ?? 0;
    const last = offsets[to] ?? 0;
    if (items === undefined || !(first >= 0 && first <= last && last <= items.length))
      throw new RangeError('lists that lead out of their items');
    const values = decode(items, first, last, (slot) => rowOf(listOf(offsets, from, to, slot)));
    const lists = new Array<unknown>(to - from);
    for (let i = 0; i < lists.length; i++) {
      const start = (offsets[from + i] as number) - first;
      const end = (offsets[from + i + 1] as number) - first;
      if (!(start >= 0 && start <= end && end <= values.length)) throw new RangeError('lists that go backwards');
      lists[i] = Array.prototype.slice.call(values, start, end);
    }
    return nulled(lists, array, from);
  };
}

/** The list that holds an item. */
function listOf(offsets: Int32Array, from: number, to: number, item: number): number {
  for (let list = from; list < to; list++) if ((offsets[list + 1] as number) > item) return list;
  return to - 1;
}

/** Writers call the fields of a map's entries as they like. */
function mapEntry(entries: Field): Field {
  const names = ['key', 'value'];
  return { ...entries, children: entries.children.map((child, i) => ({ ...child, name: names[i] ?? child.name })) };
}

function structSlots(children: readonly Field[], context: DecoderContext): SlotDecoder {
  const decoders = children.map((child) => slotDecoder(child, context));
  const makeRows = rowFactory(children.map((child) => child.name));
  return (array, from, to, rowOf) => {
    const columns = decoders.map((decode, i) => {
      const child = array.children[i];
      if (child === undefined || child.length < to) throw new RangeError('a struct with too few values');
      return decode(child, from, to, rowOf);
    });
    return nulled(makeRows(columns, 0, to - from), array, from);
  };
}

function dictionarySlots(id: number, raw: RawSlots, context: DecoderContext): SlotDecoder {
  return (array, from, to) => {
    const values = context.dictionary(id);
    const indices = raw(array, from, to);
    const { validity } = array;
    const found = new Array<unknown>(to - from);
    for (let i = 0; i < found.length; i++) {
      if (validity !== undefined && !bitAt(validity, from + i)) {
        found[i] = null;
        continue;
      }
      const index = Number(indices[i]);
      if (!(index >= 0 && index < values.length)) throw new RangeError('an index that its dictionary has not');
      found[i] = values[index];
    }
    return found;
  };
}

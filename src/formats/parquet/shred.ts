import type { ArrowArray } from '../arrow/array.js';
import { bitAt } from '../arrow/bits.js';

/**
 * Rows of a column as Parquet stores them (Dremel's record shredding): an entry for each value, null and empty list.
 *
 * `repetitions` is undefined where all are 0, `definitions` where all are the highest; else a byte each for `entries` of them. The values lie in the slots
 * `from .. from + values` of the leaf's array, or in `slots` where others lie between.
 */
export interface Shredded {
  readonly entries: number;
  readonly repetitions: Uint8Array | undefined;
  readonly definitions: Uint8Array | undefined;
  readonly values: number;
  readonly from: number;
  readonly slots: Int32Array | undefined;
}

/** In `definitions` on the way down: an entry that goes on to the next level. */
const live = 255;

/**
 * Shreds rows `from .. to` of a column.
 *
 * @param chain The arrays from the table's column down to the leaf.
 * @param maxDefinition Of the column.
 */
export function shred(chain: readonly ArrowArray[], from: number, to: number, maxDefinition: number): Shredded {
  const rows = to - from;
  let state: Shredded = {
    entries: rows,
    repetitions: undefined,
    definitions: undefined,
    values: rows,
    from,
    slots: undefined,
  };
  let definition = 0;
  let repetition = 0;
  for (const array of chain) {
    if (array.validity !== undefined) state = leaveOutNulls(state, array.validity, definition);
    definition++;
    const { type } = array.field;
    if (type.kind !== 'list' && type.kind !== 'fixedSizeList') continue;
    const length = type.kind === 'fixedSizeList' ? type.length : undefined;
    repetition++;
    state = openLists(state, startsOf(state, array, length), length, definition, repetition);
    definition++;
  }
  const { definitions } = state;
  if (definitions !== undefined) {
    for (let i = 0; i < definitions.length; i++) if (definitions[i] === live) definitions[i] = maxDefinition;
  }
  return state;
}

function leaveOutNulls(state: Shredded, validity: Uint8Array, definition: number): Shredded {
  const definitions = state.definitions ?? new Uint8Array(state.entries).fill(live);
  const slots = new Int32Array(state.values);
  let element = 0;
  let values = 0;
  for (let entry = 0; entry < definitions.length; entry++) {
    if (definitions[entry] !== live) continue;
    const slot = slotAt(state, element++);
    if (bitAt(validity, slot)) slots[values++] = slot;
    else definitions[entry] = definition;
  }
  if (values === state.values) return state;
  return { ...state, definitions, values, slots: slots.subarray(0, values) };
}

/** Where the list of each value starts, and the last ends. Lists in between that are left out are empty, but in arrays of fixed size. */
interface Starts {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

function startsOf(state: Shredded, array: ArrowArray, length: number | undefined): Starts {
  const { values } = state;
  if (length === undefined && state.slots === undefined && array.offsets !== undefined) {
    const offsets = array.offsets.subarray(state.from, state.from + values + 1);
    return { starts: offsets, ends: offsets.subarray(1) };
  }
  const starts = new Int32Array(values);
  const ends = new Int32Array(values);
  for (let element = 0; element < values; element++) {
    const slot = slotAt(state, element);
    starts[element] = length === undefined ? (array.offsets?.[slot] ?? 0) : slot * length;
    ends[element] = length === undefined ? (array.offsets?.[slot + 1] ?? 0) : (slot + 1) * length;
  }
  return { starts, ends };
}

function openLists(
  state: Shredded,
  { starts, ends }: Starts,
  length: number | undefined,
  definition: number,
  repetition: number,
): Shredded {
  let values = 0;
  let empty = 0;
  let dense = true;
  for (let element = 0; element < state.values; element++) {
    const start = starts[element] as number;
    const end = ends[element] as number;
    if (start === end) empty++;
    else if (start !== (starts[0] as number) + values) dense = false;
    values += end - start;
  }
  const entries = state.entries - state.values + empty + values;
  const repetitions = new Uint8Array(entries).fill(repetition);
  const definitions = state.definitions === undefined && empty === 0 ? undefined : new Uint8Array(entries).fill(live);
  let at = 0;
  let element = 0;
  for (let entry = 0; entry < state.entries; entry++) {
    repetitions[at] = state.repetitions === undefined ? 0 : (state.repetitions[entry] as number);
    const above = state.definitions === undefined ? live : (state.definitions[entry] as number);
    let size = 0;
    if (above === live) {
      size = length ?? (ends[element] as number) - (starts[element] as number);
      element++;
      if (size === 0 && definitions !== undefined) definitions[at] = definition;
    } else if (definitions !== undefined) {
      definitions[at] = above;
    }
    at += size === 0 ? 1 : size;
  }
  const slots = dense ? undefined : slotsOf(starts, ends, state.values, values);
  return { entries, repetitions, definitions, values, from: starts[0] ?? 0, slots };
}

function slotsOf(starts: Int32Array, ends: Int32Array, lists: number, values: number): Int32Array {
  const slots = new Int32Array(values);
  let at = 0;
  for (let list = 0; list < lists; list++) {
    for (let slot = starts[list] as number; slot < (ends[list] as number); slot++) slots[at++] = slot;
  }
  return slots;
}

function slotAt(state: Shredded, element: number): number {
  return state.slots === undefined ? state.from + element : (state.slots[element] as number);
}

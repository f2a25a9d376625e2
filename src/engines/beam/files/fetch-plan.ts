import type { InputSlice } from './task-inputs.js';

/** A part of an object, and where it comes to lie in the file that holds all parts of a plan. */
export interface FetchedRange {
  readonly from: number;
  readonly to: number;
  readonly position: number;
}

export interface FetchPlan {
  /** By the object's name; ascending, and none of an object's ranges touches another. */
  readonly ranges: ReadonlyMap<string, readonly FetchedRange[]>;
  /** Of all ranges together. */
  readonly bytes: number;
}

/** What lies between two slices is fetched with them where it is less than this: a request takes longer (about 30 ms, or 3 MB at 100 MB/s, and several run at once). */
const gapBytes = 1 << 16;

/** Brings the slices that a task reads into as few ranges as possible. */
export function planFetch(slices: readonly InputSlice[]): FetchPlan {
  const byFile = new Map<string, InputSlice[]>();
  for (const slice of slices) {
    const known = byFile.get(slice.file);
    if (known === undefined) byFile.set(slice.file, [slice]);
    else known.push(slice);
  }
  const ranges = new Map<string, FetchedRange[]>();
  let position = 0;
  for (const [file, parts] of byFile) {
    const merged: FetchedRange[] = [];
    for (const { from, to } of merge(parts)) {
      merged.push({ from, to, position });
      position += to - from;
    }
    ranges.set(file, merged);
  }
  return { ranges, bytes: position };
}

function merge(slices: readonly InputSlice[]): readonly { readonly from: number; readonly to: number }[] {
  const merged: { from: number; to: number }[] = [];
  for (const { offset, bytes } of [...slices].sort((a, b) => a.offset - b.offset)) {
    const last = merged.at(-1);
    if (last !== undefined && offset <= last.to + gapBytes) last.to = Math.max(last.to, offset + bytes);
    else merged.push({ from: offset, to: offset + bytes });
  }
  return merged;
}

/** Where a slice of the plan lies in the file that holds its ranges. */
export function positionIn({ ranges }: FetchPlan, slice: InputSlice): number {
  const candidates = ranges.get(slice.file) ?? [];
  let low = 0;
  let high = candidates.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((candidates[middle] as FetchedRange).from <= slice.offset) low = middle;
    else high = middle - 1;
  }
  const { from, position } = candidates[low] as FetchedRange;
  return position + slice.offset - from;
}

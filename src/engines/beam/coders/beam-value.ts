/**
 * An element, or a part of one, as Beam's coders give it: bytes, a pair, or the values of a key.
 *
 * Bytes that come in are views of the block that they came in: copy what is kept for longer than the call. Bytes that are emitted are copied.
 */
export type BeamValue = Uint8Array | KeyValue | BeamIterable;

export type KeyValue = readonly [key: BeamValue, value: BeamValue];

/**
 * Values that need not all be in memory: what lies beyond the first block is asked of the runner page by page. Can be read several times, while
 * the bundle lasts.
 */
export interface BeamIterable extends AsyncIterable<BeamValue> {
  /** The same values, by the runs that lie in memory together: no promise for each value. */
  runs(): AsyncIterable<Iterable<BeamValue>>;
}

export function isKeyValue(value: BeamValue): value is KeyValue {
  return Array.isArray(value);
}

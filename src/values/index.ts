export { decodeValue, encodeValue } from './encode-value.js';
export type { TypedArrayValue, Value } from './value.js';
export { ValueReader } from './value-reader.js';
export { ValueWriter } from './value-writer.js';

export type { Json, JsonObject } from './json.js';
export { maxMetadataBytes, parseJson } from './parse-json.js';
export { stringifyJson } from './stringify-json.js';

export type { Json, JsonObject } from './json.js';
export { stringifyJson } from './stringify-json.js';

export { stringifyJson } from './stringify-json.js';

export { schemaFromJson } from './schema-from-json.js';
export { schemaToJson } from './schema-to-json.js';

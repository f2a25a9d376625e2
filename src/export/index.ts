export { csvFormat } from './csv-text.js';
export { type PlainValue, plainValue } from './plain-value.js';
export { writeTextFile } from './write-text.js';

export { hashPrefix, hidesValue, type IsHidden } from './hidden-fields.js';
export { type PlainValue, plainValue } from './plain-value.js';
export { shownExample } from './shown-example.js';

export { featuresFromJson, type ReadNames } from './from-features-json.js';
export { type NamesFile, namesFiles } from './names-files.js';
export { toFeaturesJson } from './to-features-json.js';

export { adoptDirectory } from './adopt-directory.js';
export type { AdoptedSplit, AdoptOptions, AdoptReport, ExternalWriter } from './adopt-options.js';

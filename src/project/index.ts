export type { Check } from './check.js';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose.js';

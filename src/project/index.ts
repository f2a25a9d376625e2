export type { Check } from './check.js';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose.js';
export { type DatasetTemplate, datasetTemplates } from './scaffold/dataset-files.js';
export { type Scaffolded, scaffoldDataset, scaffoldProject } from './scaffold/scaffold.js';

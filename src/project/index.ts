export { type ListedBuild, listBuilds, removeBuilds } from './builds.js';
export { type AddedVersion, type BumpOptions, type BumpReport, bumpVersion } from './bump/bump-version.js';
export type { Check } from './check.js';
export {
  containerBuildFlags,
  type EmitContainerOptions,
  type EmittedContainer,
  type EmittedFile,
  emitContainer,
} from './container/emit-container.js';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose.js';
export { findBuild, type KnownBuild, listEndedBuilds } from './ended-builds.js';
export { type BuildPlan, planBuild } from './plan-build.js';
export { type DatasetKind, datasetKinds } from './scaffold/kinds/dataset-kind.js';
export {
  type InferredScaffold,
  type Scaffolded,
  type ScaffoldedProject,
  type ScaffoldFromOptions,
  scaffoldDataset,
  scaffoldDatasetFrom,
  scaffoldProject,
} from './scaffold/scaffold.js';
export { type BuildSelection, type SelectedBuilds, selectBuilds } from './select-builds.js';
export { cleanRegistry } from './staged-builds.js';

export { Columns } from './columns/columns.js';
export { type ColumnsOptions, Dataset } from './dataset.js';
export { type OpenOptions, openVersion, type VersionReader } from './open-version.js';
export { evenSplits } from './split/even-splits.js';
export { type ExampleRange, resolveSplit, type SplitShape } from './split/split-ranges.js';
export type { EvenPart, SliceUnit, SplitSelector, SplitSlice } from './split/split-selector.js';
export type { VerifyProblem } from './verify/problems.js';
export { type VerifyOptions, type VerifyReport, verifyVersion } from './verify/verify-version.js';
export type { ReadFormat } from './version-source.js';

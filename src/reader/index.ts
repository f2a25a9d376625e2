export { evenSplits } from './even-splits.js';
export { type ExampleRange, resolveSplit, type SplitShape } from './split-ranges.js';
export type { EvenPart, SliceUnit, SplitSelector, SplitSlice } from './split-selector.js';

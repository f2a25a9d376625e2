export { assertSameRows, type SameRows, type SameRowsOptions } from './assert-same-rows.js';

export type { Log, LogLabels } from './log.js';
export { type LogFormat, logFormatOf, logFormats, logFormatVariable } from './log-format.js';
export { LoggedProgress } from './logged-progress.js';

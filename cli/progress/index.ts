export { type ProgressDisplay, progressDisplay } from './progress-display.js';

export { type ProgressDisplay, progressDisplay } from './progress-display.js';
export { type SeveralBuilds, severalBuilds } from './several-builds.js';

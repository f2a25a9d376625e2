export { packageDirectory, packageVersion } from './package-version.js';

export { formatGcsUrl, type GcsLocation, gcsUrlProblem, isGcsUrl, isUrl, parseGcsUrl } from './gcs-url.js';

export { cleanUrl, decoded, lastPart } from './clean-url.js';
export { formatGcsUrl, type GcsLocation, gcsUrlProblem, isGcsUrl, isUrl, parseGcsUrl } from './gcs-url.js';

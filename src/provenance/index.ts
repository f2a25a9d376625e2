export {
  type FingerprintEvidence,
  type FingerprintParts,
  partsOf,
  unknownPart,
} from './fingerprint/fingerprint-parts.js';
export { isDifferent, type PartReport, type PartStatus } from './why/compare-parts.js';
export { type ExplainOptions, type Explanation, explain, likelyBump, type Verdict } from './why/explain.js';
export type { StaleUpstream } from './why/stale-upstreams.js';

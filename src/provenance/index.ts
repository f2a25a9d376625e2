export {
  type FingerprintEvidence,
  type FingerprintParts,
  partsOf,
  unknownPart,
} from './fingerprint/fingerprint-parts.js';
export {
  type Lineage,
  type LineageDirection,
  type LineageEdge,
  type LineageNode,
  lineageOf,
} from './lineage/lineage-of.js';
export { lineageMermaid, lineageTree } from './lineage/render-lineage.js';
export { compareParts, isDifferent, type PartReport, type PartStatus } from './why/compare-parts.js';
export { type DeclaredSources, declaredSources } from './why/declared-sources.js';
export { type ExplainOptions, type Explanation, explain, type Verdict } from './why/explain.js';
export { type MissingSource, missingSources } from './why/missing-sources.js';
export type { StaleUpstream } from './why/stale-upstreams.js';
export { textDifference } from './why/text-difference.js';

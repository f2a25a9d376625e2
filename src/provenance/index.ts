export {
  type FingerprintEvidence,
  type FingerprintParts,
  partsOf,
  unknownPart,
} from './fingerprint/fingerprint-parts.js';

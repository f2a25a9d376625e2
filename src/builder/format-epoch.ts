/**
 * Stands for this package's own code in fingerprints, in place of its version: raise it when the same builder and the same sources would give other bytes.
 */
export const formatEpoch = 1;

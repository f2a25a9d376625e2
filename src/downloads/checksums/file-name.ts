/** Beside the builder's module, as tfds has it. */
export const checksumsFileName = 'checksums.tsv';

/**
 * The compact row: how an example lies in the arena, in spill and in the shuffle.
 *
 * A row starts on a 4-byte boundary and is little-endian:
 *
 *     word 0..3   key hash, 128 bits, as four words in big-endian order of significance (word 0 is the most significant)
 *     word 4      bytes of the whole row, a multiple of 4
 *     word 5      bytes of its tf.Example (so that shards can be planned before anything is encoded)
 *     word 6      ordinal: which example of its source shard this was (for messages about duplicates)
 *     word 7      bytes of the key k, at the very end of the row (before padding): `rowEnd - align4(k)`
 *     then        the leaves, in the order of `compareLeaves`, unpadded:
 *                   optional leaf   one byte, 0 or 1; nothing more when 0
 *                   sequences       level by level, outermost first: one u32 length for each element of the level outside it
 *                   items           when the shape has an unknown dimension: one u32 count of values for each item
 *                   values          numeric: the values, back to back (bool as one byte);
 *                                   string: one u32 length for each value, then all their bytes
 *     then        zero padding to 4 bytes, so that the key is found from the row's end alone
 *     then        the key as text (UTF-8; integers in decimal), zero padding to 4 bytes
 *
 * Measured against a tf.Example in the spill, it halves the bytes, and each output format is encoded from it once (docs/architecture.md).
 */
export const rowHeaderBytes = 32;
export const rowWords = { hash: 0, rowBytes: 4, exampleBytes: 5, ordinal: 6, keyBytes: 7 } as const;

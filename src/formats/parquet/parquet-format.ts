/** Numbers of Parquet's parquet.thrift (apache/parquet-format 2.11). */
export const physicalTypes = {
  boolean: 0,
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  byteArray: 6,
  fixedLengthByteArray: 7,
} as const;
export type PhysicalType = keyof typeof physicalTypes;

export const repetitions = { required: 0, optional: 1, repeated: 2 } as const;
export const encodings = { plain: 0, rle: 3, rleDictionary: 8 } as const;
export const pageTypes = { data: 0, dictionary: 2 } as const;
export const codecs = { none: 0, gzip: 2, zstd: 6 } as const;

/** What a file starts and ends with. */
export const magic: Uint8Array = Buffer.from('PAR1');

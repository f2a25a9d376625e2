/** Numbers of Arrow's Message.fbs and Schema.fbs (apache/arrow, format/). */
export const headerTypes = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;

export const metadataVersion4 = 3;
export const metadataVersion5 = 4;

/** The union `Type`. */
export const typeIds = {
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeList: 16,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
} as const;

/**
 * The other types, with their buffers, so that columns that nobody asks for can be skipped. Views have further buffers, which each batch counts; unions, which are left out, have buffers that
 * don't follow from the type alone.
 */
export const otherTypes: Readonly<
  Record<number, { readonly name: string; readonly buffers: number; readonly variadic?: boolean }>
> = {
  1: { name: 'null', buffers: 0 },
  7: { name: 'decimal', buffers: 2 },
  8: { name: 'date', buffers: 2 },
  9: { name: 'time', buffers: 2 },
  10: { name: 'timestamp', buffers: 2 },
  11: { name: 'interval', buffers: 2 },
  15: { name: 'fixed_size_binary', buffers: 2 },
  17: { name: 'map', buffers: 2 },
  18: { name: 'duration', buffers: 2 },
  22: { name: 'run_end_encoded', buffers: 0 },
  23: { name: 'binary_view', buffers: 2, variadic: true },
  24: { name: 'string_view', buffers: 2, variadic: true },
  25: { name: 'list_view', buffers: 3 },
  26: { name: 'large_list_view', buffers: 3 },
};

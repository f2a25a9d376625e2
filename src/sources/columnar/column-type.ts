export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

/** What a value of a column means, whatever its physical type. */
export type LeafType =
  | { readonly kind: 'boolean' | 'number' | 'float16' | 'text' | 'bytes' | 'uuid' | 'date' }
  | { readonly kind: 'int64' | 'uint64' }
  | { readonly kind: 'timestamp' | 'time'; readonly unit: TimeUnit }
  | { readonly kind: 'decimal'; readonly scale: number };

export type ColumnType =
  | { readonly kind: 'leaf'; readonly leaf: LeafType }
  | { readonly kind: 'list'; readonly element: ColumnType }
  | { readonly kind: 'struct'; readonly fields: readonly TypedColumn[] };

export interface TypedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

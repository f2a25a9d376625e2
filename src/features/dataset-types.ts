import type { OutputOf } from './feature.js';

/**
 * The schemas of data sets by name, so that `load('mnist')` is typed from its name. A builder's module adds its own:
 *
 * ```typescript
 * declare module 'ailab-datasets' {
 *   interface DatasetTypes { product_a: typeof schema }
 * }
 * ```
 */
export interface DatasetTypes {}

/** The data set's name in a reference: `product_a/men:1.2.0` → `product_a`. */
export type NameOf<Reference extends string> = Reference extends `${infer Rest}@${string}`
  ? NameOf<Rest>
  : Reference extends `${infer Rest}:${string}`
    ? NameOf<Rest>
    : Reference extends `${infer Rest}/${string}`
      ? Rest
      : Reference;

/** What `load(reference)` yields: the newest version's example where the name is known, else a record of unknown values. */
export type ExampleOf<Reference extends string> =
  NameOf<Reference> extends keyof DatasetTypes
    ? OutputOf<DatasetTypes[NameOf<Reference>]>
    : Readonly<Record<string, unknown>>;

import type { Leaf } from './leaf.js';

/** What a newcomer needs to know of a feature; shown on the card, stored in the manifest. */
export interface FeatureDocumentation {
  readonly description?: string;
  /** Unit of the value, e.g. `minutes`, `USD`. */
  readonly unit?: string;
  /** Smallest and largest allowed value; checked at build. */
  readonly range?: readonly [minimum: number, maximum: number];
  readonly caveats?: string;
  /** The kind of personal data; `info().privacy` must have a policy of this name. */
  readonly pii?: string;
}

declare const input: unique symbol;
declare const output: unique symbol;

/** One declaration of a feature: `I` is what an author may write, `O` is what a reader gets. */
export interface Feature<I, O> {
  readonly [input]?: (value: I) => void;
  readonly [output]?: O;
  readonly kind: string;
  readonly documentation: FeatureDocumentation;
  /** The leaves below this feature, keys relative to it (`''` for itself). Unordered. */
  readonly leaves: readonly Leaf[];
}

/** What an author may write for a feature. */
export type InputOf<F> = F extends Feature<infer I, infer _> ? I : never;
/** What a reader gets for a feature. */
export type OutputOf<F> = F extends Feature<infer _, infer O> ? O : never;

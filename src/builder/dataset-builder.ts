import type { Feature, InputOf, OutputOf, PrivacyPolicy } from '../features/index.js';
import type { Awaitable, Key, Keyed, Pipeline } from '../pipeline/index.js';

export interface DatasetInfo<F> {
  /** Markdown. The first line is the summary in lists. */
  readonly description: string;
  readonly features: F;
  readonly supervisedKeys?: readonly [keyof OutputOf<F> & string, keyof OutputOf<F> & string];
  readonly homepage?: string;
  /** BibTeX or plain text. */
  readonly citation?: string;
  /** An SPDX identifier, or the text of the terms. */
  readonly license?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  /** A policy for each kind of personal data that a feature names in `pii`. */
  readonly privacy?: Readonly<Record<string, PrivacyPolicy>>;
  /** The kind of personal data that examples' keys are made of, if any; its policy must be `pseudonymise` or `keep`. */
  readonly keyPii?: string;
}

/** The splits of a data set: keyed examples under each split's name. */
export type Splits<F> = Readonly<Record<string, Keyed<Key, InputOf<F>>>>;

export interface BuilderContext {
  /** Which config is built, or undefined for a data set without configs. */
  readonly config: string | undefined;
  readonly version: string;
}

/**
 * A data set as a class: metadata, typed features, splits. See docs/writing-a-dataset.md.
 *
 * A module that holds a builder exports the class by any name; the folder that holds the module bears the data set's name.
 */
export abstract class DatasetBuilder<F extends Feature<never, unknown>> {
  /** snake_case, unique in a registry. */
  static readonly datasetName: string;
  /** Release notes by version, newest first. */
  static readonly versions: Readonly<Record<string, string>>;
  /** Configs with a one-line description each; the first is the default one. */
  static readonly configs?: Readonly<Record<string, string>>;
  /** Versions besides the newest that this code can still build. */
  static readonly supportedVersions?: readonly string[];
  /** Versions that must not be used, with the reason. */
  static readonly blockedVersions?: Readonly<Record<string, string>>;

  readonly config: string | undefined;
  readonly version: string;

  constructor(context: BuilderContext) {
    this.config = context.config;
    this.version = context.version;
  }

  abstract info(): DatasetInfo<F>;
  abstract splits(pipeline: Pipeline): Awaitable<Splits<F>>;
}

import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import type { Snapshot, SnapshotKeep, SnapshotPeriod } from '../core/snapshots/index.js';
import type { Feature, InputOf, OutputOf, PrivacyPolicy } from '../features/index.js';
import type { Awaitable, Key, Keyed, Pipeline } from '../pipeline/index.js';
import type { Duration } from './duration.js';
import type { Expectations } from './expectations.js';
import type { Resources } from './resources.js';
import type { Schedule } from './schedule.js';

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
  /** Which config is built, without the snapshot's name; undefined for a data set without configs. */
  readonly config: string | undefined;
  readonly version: string;
  /** Which snapshot is built; undefined for a build without one. */
  readonly snapshot?: Snapshot | undefined;
  /** Folder of files that a person had to fetch by hand (`build --manual-dir`). */
  readonly manualDirectory: string | undefined;
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
  /** How a person gets the files that `manualPath` names: where to register, what to fetch. Shown when one is missing. */
  static readonly manualDownloadInstructions?: string;
  /** What each machine of a distributed build needs. */
  static readonly resources?: Resources;
  /** How long a distributed build, or one of `rebuild`, may take at most: `'6 hours'`. A job is cancelled then, also where nobody waits for it any more. */
  static readonly timeout?: Duration;
  /** What must hold of its data before it is published, in figures. A build that breaks it is kept aside. */
  static readonly expectations?: Expectations;
  /** How old its newest data may be before `check` calls it late: `'26 hours'`. */
  static readonly freshness?: Duration;
  /** When it is to be rebuilt: `{ cron: '0 3 * * *', timezone: 'Asia/Tokyo' }`. `schedule emit` writes it for a scheduler. */
  static readonly schedule?: Schedule;
  /** How often data that grows is published, beside the versions: `product_a/20261121:1.2.0` stands for all data before 2026-11-22T00:00:00Z. Periods are of UTC. */
  static readonly snapshots?: SnapshotPeriod;
  /** Which snapshots `prune` keeps of each config: `{ daily: 30, monthly: 12 }` keeps the newest 30, and the last one of each of the newest 12 months. Default: the configuration's, else all. */
  static readonly keep?: SnapshotKeep;

  /** The config that is built, such as `men`; undefined for a data set without configs. */
  readonly config: string | undefined;
  readonly version: string;
  /** The snapshot that is built, with the period that its data is of; undefined where the version is built without one. */
  readonly snapshot: Snapshot | undefined;
  readonly #manualDirectory: string | undefined;

  constructor(context: BuilderContext) {
    this.config = context.config;
    this.version = context.version;
    this.snapshot = context.snapshot;
    this.#manualDirectory = context.manualDirectory;
  }

  /**
   * Path of a file that has to be fetched by hand, inside the folder given as `--manual-dir`; of a folder there, or a glob.
   *
   * @throws DatasetsError SOURCE_NOT_FOUND, with the class' `manualDownloadInstructions`, when no such folder was given or the file is not there, or when the
   *   path leaves it.
   * @example
   * ```ts
   * pipeline.read(csv(this.manualPath('export.csv')));
   * ```
   */
  protected manualPath(file: string): string {
    const { manualDownloadInstructions } = this.constructor as typeof DatasetBuilder;
    const instructions = manualDownloadInstructions === undefined ? '' : `${manualDownloadInstructions.trim()} `;
    if (this.#manualDirectory === undefined) {
      throw new DatasetsError('SOURCE_NOT_FOUND', `${file} has to be fetched by hand, and no folder was named`, {
        hint: `${instructions}Put ${file} into a folder and pass it: ailab-datasets build --manual-dir DIR`,
        at: { file },
      });
    }
    const path = resolve(this.#manualDirectory, file);
    if (relative(this.#manualDirectory, path).startsWith('..')) {
      throw new DatasetsError('SOURCE_NOT_FOUND', `${file} lies outside the folder of manual files`, {
        hint: 'Name a path inside that folder.',
        at: { file },
      });
    }
    // What a glob matches is its source's business.
    if (!/[*?[{]/.test(file) && !existsSync(path)) {
      throw new DatasetsError('SOURCE_NOT_FOUND', `${file} has to be fetched by hand, and is not there: ${path}`, {
        hint: `${instructions}Put it into ${this.#manualDirectory}.`,
        at: { file },
      });
    }
    return path;
  }

  abstract info(): DatasetInfo<F>;
  abstract splits(pipeline: Pipeline): Awaitable<Splits<F>>;
}

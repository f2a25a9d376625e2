import type { SnapshotKeep, SnapshotPeriod } from '../core/snapshots/index.js';
import type { Feature } from '../features/index.js';
import type { BuilderContext, DatasetBuilder } from './dataset-builder.js';
import type { Duration } from './duration.js';
import type { Expectations } from './expectations.js';
import type { Resources } from './resources.js';
import type { Schedule } from './schedule.js';

/** A builder whose features are not known to the compiler. */
export type AnyBuilder = DatasetBuilder<Feature<never, unknown>>;

/** A concrete data set's class, with the statics that describe it. */
export interface BuilderClass {
  new (context: BuilderContext): AnyBuilder;
  readonly datasetName: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly configs?: Readonly<Record<string, string>>;
  readonly supportedVersions?: readonly string[];
  readonly blockedVersions?: Readonly<Record<string, string>>;
  readonly manualDownloadInstructions?: string;
  readonly resources?: Resources;
  readonly timeout?: Duration;
  readonly expectations?: Expectations;
  readonly freshness?: Duration;
  readonly schedule?: Schedule;
  readonly snapshots?: SnapshotPeriod;
  readonly keep?: SnapshotKeep;
}

/**
 * Whether a module's export is a data set's class. By shape, not by `instanceof`: a team's project may hold a second copy of this package.
 */
export function isBuilderClass(value: unknown): value is BuilderClass {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    'splits' in prototype &&
    'info' in prototype &&
    'datasetName' in value &&
    typeof value.datasetName === 'string'
  );
}

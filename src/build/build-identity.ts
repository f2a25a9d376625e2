import { createHash } from 'node:crypto';
import { packageVersion } from '../core/release/index.js';
import type { AnyFeature, PrivacyPolicy } from '../features/index.js';
import { imageEncoders, privacyKeyIds, schemaToJson, secretsOfEnvironment } from '../features/index.js';
import type { BuildOptions } from './build-options.js';
import type { BuildTarget } from './target.js';

export interface IdentifiedBuild {
  readonly target: BuildTarget;
  /** As it is stored. */
  readonly schema: AnyFeature;
  readonly privacy: Readonly<Record<string, PrivacyPolicy>>;
  /** The builder's code fingerprint. */
  readonly code: string;
}

/**
 * What makes two builds the same, so that one goes on from what the other has finished: a digest over all that units of work depend on, but for the
 * sources, whose states the engine compares source by source.
 *
 * Workers, buffers, formats and numbers of shards are no part of it, nor is a snapshot time that nobody asked for: a resumed build has that of the first one. This
 * package's version is, since temporary files are made for one release.
 */
export function buildIdentity(build: IdentifiedBuild, options: BuildOptions): string {
  const { definition, chosen, builder } = build.target;
  const parts = {
    code: build.code,
    name: definition.name,
    ...chosen,
    manualDirectory: builder.manualDirectory,
    schema: schemaToJson(build.schema),
    privacyKeys: privacyKeyIds(build.privacy, secretsOfEnvironment(process.env)),
    snapshotTime: options.snapshotTime?.toISOString(),
    imageEncoders,
    packageVersion,
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
}

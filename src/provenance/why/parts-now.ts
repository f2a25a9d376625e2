import { type BuilderReference, codeParts, loadBuilder } from '../../builder/index.js';
import { applyPrivacy, secretsOfEnvironment } from '../../features/index.js';
import type { UpstreamVersion } from '../../sources/index.js';
import { type FingerprintParts, partsOf } from '../fingerprint/fingerprint-parts.js';
import { lookAtSources, type SourcePlaces } from './look-at-sources.js';

/** What a build would be made with now. */
export interface PartsNow extends FingerprintParts {
  readonly lineage: readonly UpstreamVersion[];
  /** Bytes of sources, by their parts. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Why some sources can't be told, by their description. */
  readonly unknown: Readonly<Record<string, string>>;
}

export interface PartsNowOptions extends SourcePlaces {
  /** ISO 8601: that of the published version, for it doesn't count, and other parts may be made of it. */
  readonly snapshotTime: string;
  readonly maxExamplesPerSplit: number | undefined;
}

/**
 * The fingerprint that a build would have now, without building.
 *
 * @throws DatasetsError BUILDER_INVALID, and what `splits()` throws
 */
export async function partsNow(reference: BuilderReference, options: PartsNowOptions): Promise<PartsNow> {
  const [builder, code] = await Promise.all([loadBuilder(reference), codeParts(reference.module)]);
  const info = builder.info();
  const schema = applyPrivacy(info.features, info.privacy ?? {}, secretsOfEnvironment(process.env));
  const looked = await lookAtSources(builder, reference, options.snapshotTime, options);
  const { maxExamplesPerSplit } = options;
  const parts = await partsOf({ config: reference.config, info, schema, code, ...looked, maxExamplesPerSplit });
  const sizes = looked.sources.flatMap(({ uri, bytes }) => (bytes === undefined ? [] : [[`source ${uri}`, bytes]]));
  return { ...parts, lineage: looked.lineage, bytes: Object.fromEntries(sizes), unknown: looked.unknown };
}

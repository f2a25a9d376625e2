import type { BuilderReference } from '../../builder/index.js';
import type { BumpLevel } from '../../core/names/index.js';
import { bumpOfFeatures, diffFeatures, type FeatureDiff, featureLines } from '../../quality/index.js';
import { type Manifest, type Registry, readAttestations, readManifest, readProvenance } from '../../registry/index.js';
import { schemaIdentity } from '../fingerprint/schema-identity.js';
import { compareWithNearest, isDifferent, type KnownFingerprint, type PartReport } from './compare-parts.js';
import type { SourcePlaces } from './look-at-sources.js';
import { type PartsNow, partsNow } from './parts-now.js';
import { type StaleUpstream, staleUpstreams } from './stale-upstreams.js';

/**
 * What is to be done: `nothing`; `build` what isn't published; `rebuild` and see whether the data is another one; `bump`, since a build under this version would be refused; `unknown` where nothing is known to have
 * changed, and something can't be told.
 */
export type Verdict = 'nothing' | 'build' | 'rebuild' | 'bump' | 'unknown';

export interface Explanation {
  readonly verdict: Verdict;
  /** In a sentence, for people. */
  readonly because: string;
  /** The bump that it takes at least, as far as the schema tells. */
  readonly bump?: BumpLevel;
  /** Every part, by name; none where nothing is published, or nothing was recorded. */
  readonly parts: readonly PartReport[];
  /** Whether all parts are those of a fingerprint that was attested, and not of the published one. */
  readonly attested: boolean;
  readonly stale: readonly StaleUpstream[];
  /** Digest of the fingerprint that a build would have now; undefined where a part of it can't be told. */
  readonly fingerprint?: string;
}

export interface ExplainOptions extends SourcePlaces {
  /** ISO 8601. Default: that of the published version. */
  readonly snapshotTime?: string | undefined;
  /** Of the sample that would be built. */
  readonly maxExamplesPerSplit?: number | undefined;
}

/**
 * Compares what a published version was made with and what a build would be made with now.
 *
 * @param path the version's directory in the registry
 * @throws DatasetsError BUILDER_INVALID, what `splits()` throws, MANIFEST_INVALID
 */
export async function explain(
  builder: BuilderReference,
  registry: Registry,
  path: string,
  options: ExplainOptions,
): Promise<Explanation> {
  const manifest = await readManifest(registry.storage, path);
  if (manifest === undefined || manifest.external !== undefined) {
    return unexplained('unknown', 'it was taken in from outside, so that nothing says what it was made with');
  }
  const stale = await staleUpstreams(manifest, registry, options.config);
  if (manifest.fingerprint.parts['format-epoch'] === undefined) {
    return { ...unexplained('rebuild', 'an earlier release published it, which recorded no parts'), stale };
  }
  const snapshotTime = options.snapshotTime ?? manifest.snapshotTime ?? manifest.createdAt;
  const now = await partsNow(builder, { ...options, snapshotTime, maxExamplesPerSplit: options.maxExamplesPerSplit });
  const published = { parts: manifest.fingerprint.parts, texts: await readProvenance(registry.storage, path) };
  const attestations = await readAttestations(registry, manifest, manifest.contentDigest);
  const attested = attestations.map(
    ({ fingerprint, texts }): KnownFingerprint => ({ parts: fingerprint.parts, texts }),
  );
  const parts = compareWithNearest([...attested, published], now);
  const upstreams = await withUpstreams(parts, manifest, now, registry);
  const isAttested = !parts.some(isDifferent) && compareWithNearest([published], now).some(isDifferent);
  const isKnown = parts.every(({ status }) => status !== 'unknown');
  return {
    ...judge(upstreams, stale, manifest, now),
    ...{ parts: upstreams, attested: isAttested, stale },
    ...(isKnown && { fingerprint: now.digest }),
  };
}

function unexplained(verdict: Verdict, because: string): Explanation {
  return { verdict, because, parts: [], attested: false, stale: [] };
}

/** Adds what else is known of inputs: bytes, and rows of versions. */
async function withUpstreams(
  parts: readonly PartReport[],
  manifest: Manifest,
  now: PartsNow,
  registry: Registry,
): Promise<readonly PartReport[]> {
  const bytesBefore = new Map(manifest.sources.map(({ uri, bytes }) => [`source ${uri}`, bytes]));
  return Promise.all(
    parts.map(async (report) => {
      if (!isDifferent(report)) return report;
      const { part } = report;
      const [before, after] = [bytesBefore.get(part), now.bytes[part]];
      const sizes = {
        ...(before !== undefined && { bytesBefore: before }),
        ...(after !== undefined && { bytesAfter: after }),
      };
      if (!part.startsWith('upstream ')) return { ...report, ...sizes };
      const named = ({ reference }: { readonly reference?: string | undefined }) => part === `upstream ${reference}`;
      const rowsBefore = await rowsOf(manifest.lineage.find(named), registry);
      const rowsAfter = await rowsOf(now.lineage.find(named), registry);
      return {
        ...report,
        ...(rowsBefore !== undefined && { rowsBefore }),
        ...(rowsAfter !== undefined && { rowsAfter }),
      };
    }),
  );
}

async function rowsOf(
  upstream: Manifest['lineage'][number] | undefined,
  registry: Registry,
): Promise<number | undefined> {
  if (upstream === undefined || upstream.registry !== undefined) return undefined;
  const found = await registry.find({ ...upstream, config: upstream.config, alias: undefined });
  const manifest = found && (await readManifest(registry.storage, found.path));
  return manifest?.splits.reduce((sum, { examples }) => sum + examples, 0);
}

function judge(
  parts: readonly PartReport[],
  stale: readonly StaleUpstream[],
  manifest: Manifest,
  now: PartsNow,
): Pick<Explanation, 'verdict' | 'because' | 'bump'> {
  const different = parts.filter(isDifferent).map(({ part }) => part);
  if (different.includes('schema')) {
    const features = schemaDifference(manifest, now);
    const bump = bumpOfFeatures(features);
    // Fields in another order are stored as before: whether the data is the same is for a build to say.
    if (bump !== 'none') {
      return { verdict: 'bump', because: `the schema is another one (${featureLines(features).join()})`, bump };
    }
  }
  if (different.length > 0) {
    return {
      verdict: 'rebuild',
      because: `${listed(different)} ${different.length === 1 ? 'is' : 'are'} not what it was made with`,
    };
  }
  const [first] = stale;
  if (first !== undefined)
    return { verdict: 'bump', because: `it was made from something that is not to be used: ${first.why}` };
  const unknown = parts.filter(({ status }) => status === 'unknown').map(({ part }) => part);
  if (unknown.length > 0)
    return {
      verdict: 'unknown',
      because: `nobody can tell whether ${listed(unknown)} ${unknown.length === 1 ? 'is' : 'are'} the same`,
    };
  return { verdict: 'nothing', because: 'everything that it was made with is the same' };
}

const mostListed = 4;

function listed(parts: readonly string[]): string {
  const more = parts.length - mostListed;
  return `${parts.slice(0, mostListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What is different in the schema. Its text has no documentation, so that the published one is compared without. */
function schemaDifference({ schema, info }: Manifest, now: PartsNow): FeatureDiff {
  const before = { schema: schemaIdentity(schema), supervisedKeys: info.supervisedKeys };
  return diffFeatures(before, JSON.parse(now.texts['schema'] ?? '{ "schema": null }'));
}

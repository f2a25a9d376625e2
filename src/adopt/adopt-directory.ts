import { DatasetsError } from '../core/errors/index.js';
import {
  type ConfigName,
  type DatasetName,
  formatReference,
  isVersion,
  parseReference,
  type Version,
} from '../core/names/index.js';
import { packageVersion } from '../core/release/index.js';
import { namesFiles, schemaToJson, toFeaturesJson } from '../features/index.js';
import {
  contentDigestOf,
  type Manifest,
  openRegistry,
  type PublishedSplit,
  publish,
  type Registry,
  readManifest,
  type StagedVersion,
  stageVersion,
  type VersionMetadata,
  versionPath,
  writeMetadata,
} from '../registry/index.js';
import { LocalStorage } from '../storage/index.js';
import type { AdoptOptions, AdoptReport } from './adopt-options.js';
import type { AdoptionPlan } from './adoption-plan.js';
import { madeFrom } from './made-from.js';
import { planAdoption } from './plan-adoption.js';
import { isSameVersion } from './same-version.js';
import { stageSplit } from './stage-records.js';

/**
 * Takes in a directory that something else wrote, as a version like any other: stock tfds, Hugging Face's `save_to_disk`, or bare Parquet, TFRecord or Arrow files. The directory is only read. Its records are copied byte for byte, each is read once by the features
 * that were found, and the version appears in one step or not at all.
 *
 * @param path the directory, absolute.
 * @param reference `product_c:1.0.0`, `product_c/men:1.0.0`
 * @throws DatasetsError VERSION_EXISTS for a version that holds something else; UNSUPPORTED for a column or feature that has no counterpart here, with its name; SOURCE_NOT_FOUND, SOURCE_MALFORMED,
 *   SPLIT_EMPTY; USAGE; what a registry throws for `madeFrom`; what `stageVersion` and `publish` throw. Nothing is published then.
 * @example
 * ```ts
 * const { registry } = await loadConfig();
 * const { splits } = await adoptDirectory('/data/spark/sessions', 'sessions:1.0.0', { registry });
 * ```
 */
export async function adoptDirectory(path: string, reference: string, options: AdoptOptions): Promise<AdoptReport> {
  const target = targetOf(reference);
  const directory = new LocalStorage(path, { confined: true });
  const registry = openRegistry(options.registry);
  const plan = await planAdoption(directory, options);
  const lineage = await madeFrom(options.madeFrom ?? [], target, registry);
  const adoption: Adoption = { target, directory, registry, plan, lineage, options };
  if (options.dryRun === true) return reportOf(adoption, 'dry-run', undefined);
  const before = await existing(adoption);
  if (before !== undefined) return before;
  try {
    return await publishPlan(adoption);
  } catch (error) {
    // Somebody else was faster: perhaps with the same files.
    if (!(error instanceof DatasetsError) || error.code !== 'VERSION_EXISTS') throw error;
    const meanwhile = await existing(adoption);
    if (meanwhile === undefined) throw error;
    return meanwhile;
  }
}

interface Target {
  readonly name: DatasetName;
  readonly config: ConfigName | undefined;
  readonly version: Version;
}

interface Adoption {
  readonly target: Target;
  readonly directory: LocalStorage;
  readonly registry: Registry;
  readonly plan: AdoptionPlan;
  readonly lineage: Manifest['lineage'];
  readonly options: AdoptOptions;
}

function targetOf(reference: string): Target {
  const { name, config, version, alias } = parseReference(reference);
  if (alias === undefined && version !== undefined && isVersion(version)) return { name, config, version };
  throw new DatasetsError('USAGE', `--as ${reference} names no single version`, {
    hint: `Name one: --as ${formatReference({ name, config, version: '1.0.0' })}.`,
  });
}

/** @throws DatasetsError VERSION_EXISTS where it holds something else. */
async function existing(adoption: Adoption): Promise<AdoptReport | undefined> {
  const { target, directory, registry, plan } = adoption;
  const found = await registry.find({ ...target, alias: undefined });
  if (found === undefined) return undefined;
  const manifest = await readManifest(registry.storage, found.path);
  if (manifest !== undefined && (await isSameVersion(directory, plan, manifest))) {
    return reportOf(adoption, 'exists', manifest);
  }
  throw new DatasetsError(
    'VERSION_EXISTS',
    `${formatReference(target)} is published in ${registry.location}, and holds something else than ${directory.location}`,
    { hint: 'A version never changes. Take the directory in as another version.', at: { dataset: target.name } },
  );
}

async function publishPlan(adoption: Adoption): Promise<AdoptReport> {
  const { target, directory, registry, plan, options } = adoption;
  const { signal, workDirectory } = options;
  const staged = await stageVersion(registry, target, { signal, workDirectory });
  try {
    const splits: PublishedSplit[] = [];
    for (const split of plan.splits) splits.push(await stageSplit(split, { directory, plan, staged, options }));
    const manifest = await writeMetadata(staged, metadataOf(adoption, staged, splits));
    signal?.throwIfAborted();
    await publish(staged);
    return reportOf(adoption, 'published', manifest);
  } finally {
    await staged.discard();
  }
}

function metadataOf(
  { target, plan, lineage, options }: Adoption,
  staged: StagedVersion,
  splits: readonly PublishedSplit[],
): VersionMetadata {
  const { schema, writer, huggingFaceFeatures } = plan;
  const names = namesFiles(schema).map((file) => [file.fileName, `${file.names.join('\n')}\n`] as const);
  const sources = sourcesOf(plan, splits);
  return {
    info: infoOf(staged, plan, options),
    featuresJson: toFeaturesJson(schema),
    namesFiles: Object.fromEntries(names),
    ...(huggingFaceFeatures !== undefined && { huggingFaceFeatures }),
    schema: schemaToJson(schema),
    releaseNotes: { [target.version]: 'Taken in from outside.', ...plan.releaseNotes },
    splits,
    fingerprintParts: { external: writer, content: contentDigestOf(splits) },
    sources,
    lineage,
    external: { writer, ...(huggingFaceFeatures !== undefined && { huggingFaceFeatures }) },
    rebuildable: { until: 'never', why: 'it was taken in from outside: no builder makes it' },
    engine: { name: 'adopt' },
    sdkVersion: packageVersion,
    counters: {},
    createdAt: new Date(),
  };
}

function infoOf({ name }: StagedVersion, { about }: AdoptionPlan, options: AdoptOptions): Manifest['info'] {
  const description = `${name}, as it was written outside of this registry.`;
  return { description, ...about, ...options.about, tags: [] };
}

/** The files by their names in the directory; where that lies is nobody's business. */
function sourcesOf({ splits }: AdoptionPlan, published: readonly PublishedSplit[]): VersionMetadata['sources'] {
  return splits.flatMap(({ shards }, split) =>
    shards.map(({ path }, shard) => {
      const file = published[split]?.shards[shard]?.files.find(({ format }) => format !== 'index');
      return { uri: path, ...(file !== undefined && { bytes: file.bytes, digest: file.sha256 }) };
    }),
  );
}

function reportOf(
  { target, registry, plan }: Adoption,
  status: AdoptReport['status'],
  manifest: Manifest | undefined,
): AdoptReport {
  return {
    status,
    dataset: target.name,
    config: target.config,
    version: target.version,
    directory: registry.locationOf(versionPath(target)),
    writer: plan.writer,
    splits: plan.splits.map(({ name, shards }) => ({
      name,
      examples: shards.reduce((sum, { examples }) => sum + examples, 0),
      shards: shards.length,
      bytes: shards.reduce((sum, { from, to }) => sum + to - from, 0),
    })),
    contentDigest: manifest?.contentDigest,
    leftOut: plan.leftOut,
  };
}

import { type CodeParts, codeFingerprint, codeParts, type DatasetInfo, loadBuilder } from '../builder/index.js';
import { DatasetsError, isOutside, isTransient } from '../core/errors/index.js';
import { type BuildJob, createEngine, type Engine } from '../engines/index.js';
import { type AnyFeature, applyPrivacy, secretsOfEnvironment } from '../features/index.js';
import { type Explanation, isDifferent, partsOf } from '../provenance/index.js';
import {
  openRegistry,
  publish,
  type Refusal,
  type Registry,
  readRefusals,
  type StagedVersion,
  writeMetadata,
} from '../registry/index.js';
import type { PublishedRegistries } from '../sources/index.js';
import { isGcsStorage } from '../storage/index.js';
import { encodeValue } from '../values/index.js';
import { buildAndCompare } from './build-and-compare.js';
import { whileComparing } from './build-beside.js';
import { buildIdentity } from './build-identity.js';
import type { BuildOptions, BuildResult } from './build-options.js';
import { existingResult, publishedResult } from './build-result.js';
import { checkInfo } from './check-info.js';
import { fetchExtracts, findRetained, namesOfRead, type RetainedVersion } from './extracts/given-extracts.js';
import { keepRetained } from './extracts/keep-retained.js';
import { downloadsOf } from './fetch-downloads.js';
import { guardStaged, isKeptAside } from './guard-staged.js';
import { policeStaged } from './police/police-staged.js';
import { type RecordedOptions, withReport } from './report/with-report.js';
import { refuseUnfinished } from './snapshots/choose-snapshot.js';
import { existingSnapshot } from './snapshots/existing-snapshot.js';
import { moveNightly } from './snapshots/move-nightly.js';
import { badRowDirectory, stageTarget } from './stage-target.js';
import { type BuildTarget, findTarget, nameOfTarget, timeOfTarget } from './target.js';
import { versionMetadata } from './version-metadata.js';
import { explainTarget } from './why.js';
import { withNotifications } from './with-notifications.js';

/**
 * Builds one version of one data set and publishes it: its default config and newest version, unless the reference names others.
 *
 * A version that is published stays as it is. Where something that it was made with is another one now, it is built beside the registry and compared: equal content is attested, other content is refused.
 *
 * Nothing of the version is visible before its last step. Where somebody else builds the same version, waits for it. A build that is killed, or that a machine or a network
 * keeps from its end, is gone on with by the next one of the same code, config and version; a mistake in code or data leaves nothing behind.
 *
 * @param reference `product_a`, `product_a/men`, `product_a:1.2.0`, of a snapshot `product_a/20261121`
 * @throws DatasetsError whatever stops the build: SNAPSHOT_NOT_OVER, DATASET_UNKNOWN, BUILDER_INVALID, EXAMPLE_INVALID, KEY_DUPLICATE, USER_CODE, VERSION_IMMUTABLE, STORAGE_FULL, ...
 * @example
 * ```ts
 * const config = await loadConfig();
 * const { directory } = await build('product_a/men', { config });
 * ```
 */
export function build(reference: string, options: BuildOptions): Promise<BuildResult> {
  return withNotifications(reference, options, (asked, onTarget) => buildReference(reference, asked, onTarget));
}

async function buildReference(
  reference: string,
  asked: BuildOptions,
  onTarget: (target: BuildTarget) => void,
): Promise<BuildResult> {
  const target = await findTarget(reference, asked.config, asked);
  onTarget(target);
  const registry = openRegistry(asked.config.registry);
  const found = await registry.find(target.reference);
  if (found !== undefined && asked.ifExists === 'fail') throw alreadyPublished(target, registry.location);
  return withReport(target, registry, asked, (options) => {
    if (found === undefined || asked.ifExists === 'overwrite') return buildTarget(target, registry, options);
    if (target.snapshot !== undefined) return existingSnapshot(target, registry, found, options);
    return buildIfChanged(target, registry, options);
  });
}

async function buildTarget(target: BuildTarget, registry: Registry, asked: RecordedOptions): Promise<BuildResult> {
  if (target.snapshot !== undefined) refuseUnfinished(nameOfTarget(target), target.snapshot, asked.now ?? new Date());
  const { fromExtract, config, recorder } = asked;
  const from = fromExtract === undefined ? undefined : await findRetained(fromExtract, target, config);
  const options = withTimeOf(from, asked);
  options.onProgress?.({ type: 'build-start', dataset: target.definition.name, ...target.chosen });
  const engine = engineFor(target, options, registry.location);
  engine.warmUp(target.builder.module);
  try {
    const prepared = await prepareBuild(target);
    recorder.prepared(prepared.parts);
    const identity = identityOf(prepared, options);
    // Before the lease is waited for: what another build is refused for meanwhile, nobody has seen yet.
    const seen =
      options.accept === undefined
        ? []
        : await readRefusals(registry, { name: target.definition.name, ...target.chosen });
    const staged = await stageTarget(target, registry, options, identity);
    recorder.staged(staged.buildId);
    options.onProgress?.({ type: 'build-staged', buildId: staged.buildId });
    try {
      const result = await buildStaged(engine, staged, prepared, { identity, from, seen }, options);
      options.onProgress?.({ type: 'build-end', result });
      return result;
    } catch (error) {
      if ((identity !== undefined && isTransient(error)) || isKeptAside(error, options)) await staged.leave();
      throw error;
    } finally {
      await staged.discard();
    }
  } catch (error) {
    // Another build of the same version was faster: what was asked for is there.
    const taken = error instanceof DatasetsError && error.code === 'VERSION_EXISTS';
    if (taken && options.ifExists !== 'fail') return existingAfterAll(target, registry, options);
    throw error;
  } finally {
    await engine.close();
  }
}

/** Whoever reads `nightly` after this build finds it where it is to be, also while the other build has not come so far. */
async function existingAfterAll(target: BuildTarget, registry: Registry, options: BuildOptions): Promise<BuildResult> {
  const found = target.snapshot && (await registry.find(target.reference));
  return found === undefined
    ? existingResult(target, registry)
    : existingSnapshot(target, registry, found, { ...options, ifExists: 'skip' });
}

/** A version that is there stays as it is; whether a build would give the same is looked up, or tried. */
async function buildIfChanged(target: BuildTarget, registry: Registry, asked: RecordedOptions): Promise<BuildResult> {
  if (asked.ifExists === 'skip' || asked.maxExamplesPerSplit !== undefined) return existingResult(target, registry);
  const explanation = await explainTarget(target, registry, asked.config, asked);
  if (!isToBeCompared(explanation)) return unchangedResult(target, registry, explanation);
  return whileComparing(target, registry, asked, async (folder, hasWaited) => {
    // Somebody else may have attested it meanwhile.
    const now = hasWaited ? await explainTarget(target, registry, asked.config, asked) : explanation;
    if (!isToBeCompared(now)) return unchangedResult(target, registry, now);
    // It is a part of this build, and of its report.
    const { recorder } = asked;
    return buildAndCompare(folder, target, registry, now, asked, async (reference, options) =>
      buildTarget(await findTarget(reference, options.config), openRegistry(options.config.registry), {
        ...options,
        recorder,
      }),
    );
  });
}

function isToBeCompared({ verdict, parts }: Explanation): boolean {
  return verdict === 'rebuild' || (verdict === 'bump' && parts.some(isDifferent));
}

async function unchangedResult(
  target: BuildTarget,
  registry: Registry,
  { verdict, because, stale }: Explanation,
): Promise<BuildResult> {
  const warnings = [...(verdict === 'unknown' ? [because] : []), ...stale.map(({ why }) => `made from ${why}`)];
  return { ...(await existingResult(target, registry)), ...(warnings.length > 0 && { warnings }) };
}

function engineFor({ definition }: BuildTarget, { config, submission }: BuildOptions, registry: string): Engine {
  const { runner, workers, beam, dataflow, projectDirectory } = config;
  const common = { projectDirectory, demands: definition.demands };
  return createEngine(runner, {
    workers,
    beam: { ...common, settings: beam },
    dataflow: { ...common, settings: dataflow, registry, ...(submission !== undefined && { submission }) },
  });
}

/** The time of the version whose extracts are read: it may be a parameter of its queries. */
function withTimeOf(from: RetainedVersion | undefined, options: RecordedOptions): RecordedOptions {
  const time = from?.manifest.snapshotTime;
  return time === undefined || options.snapshotTime !== undefined
    ? options
    : { ...options, snapshotTime: new Date(time) };
}

interface PreparedBuild {
  readonly target: BuildTarget;
  readonly info: DatasetInfo<AnyFeature>;
  /** As it is stored: what privacy left of the author's. */
  readonly schema: AnyFeature;
  /** Digest of the code; undefined, as its parts, where its modules can't be followed. */
  readonly code: string | undefined;
  readonly parts: CodeParts | undefined;
}

async function prepareBuild(target: BuildTarget): Promise<PreparedBuild> {
  const { module } = target.builder;
  const [builder, code, parts] = await Promise.all([
    loadBuilder(target.builder),
    codeFingerprint(module),
    codeParts(module),
  ]);
  const info = builder.info();
  checkInfo(target.definition.name, info);
  const schema: AnyFeature = applyPrivacy(info.features, info.privacy ?? {}, secretsOfEnvironment(process.env));
  return { target, info, schema, code, parts };
}

/**
 * None for a build that can't be resumed: where nobody can say what its code is, for a sample, in which what a source shard gives depends on those before
 * it, and where a runner of Beam does it, which forgets a job with its submitter.
 */
function identityOf({ target, schema, info, code }: PreparedBuild, options: BuildOptions): string | undefined {
  if (code === undefined || options.maxExamplesPerSplit !== undefined) return undefined;
  if (options.config.runner === 'beam') return undefined;
  return buildIdentity({ target, schema, privacy: info.privacy ?? {}, code }, options);
}

/** What a build begins with. */
interface StartedFrom {
  readonly identity: string | undefined;
  readonly from: RetainedVersion | undefined;
  /** Of earlier builds of the version. */
  readonly seen: readonly Refusal[];
}

async function buildStaged(
  engine: Engine,
  staged: StagedVersion,
  { target, info, schema, parts }: PreparedBuild,
  { identity, from, seen }: StartedFrom,
  options: RecordedOptions,
): Promise<BuildResult> {
  const { recorder } = options;
  const started = performance.now();
  const createdAt = new Date();
  const { definition, chosen } = target;
  const extracts = from && (await fetchExtracts(from, staged.workDirectory, options.runOtherQueries === true));
  const job = { ...jobOf(staged, target, options, createdAt), ...(extracts !== undefined && { extracts }) };
  const output = await engine.run(identity === undefined ? job : { ...job, journal: { identity } }, {
    signal: options.signal ?? new AbortController().signal,
    onProgress: (event) => options.onProgress?.(event),
    onJob: (event) => options.onProgress?.(event),
    onResume: (work) => options.onProgress?.({ type: 'build-resumed', ...work }),
  });
  try {
    recorder.made(output);
    options.onProgress?.({ type: 'publish-start' });
    const retained = await keepRetained(staged, output, options.signal);
    const { maxExamplesPerSplit } = options;
    const made = { config: chosen.config, info, schema, code: parts, maxExamplesPerSplit };
    const fingerprint = await partsOf({ ...made, ...output });
    const git = await recorder.git();
    const metadata = versionMetadata({ target, info, schema, output, retained, fingerprint, createdAt, git });
    const written = await writeMetadata(staged, metadata);
    recorder.described(written);
    const policed = await policeStaged(staged, target, output.left, options);
    const guarded = await guardStaged(staged, written, target, { seen, left: output.left }, options);
    const { manifest } = guarded;
    const warnings = [...policed, ...guarded.warnings];
    options.signal?.throwIfAborted();
    const directory = await publish(staged, {
      overwrite: options.ifExists === 'overwrite',
      defaultConfig: definition.configs[0],
      elsewhere: output.left?.urls,
    });
    await output.left?.release();
    const movedAlias = maxExamplesPerSplit === undefined ? await moveNightly(target, staged.registry) : undefined;
    const seconds = (performance.now() - started) / 1000;
    const result = publishedResult(target, directory, output, manifest, seconds, namesOfRead(extracts, output.sources));
    return {
      ...result,
      ...(warnings.length > 0 && { warnings }),
      ...(movedAlias !== undefined && { movedAlias }),
    };
  } catch (error) {
    if (output.left?.leave !== undefined && isOutside(error)) throw output.left.leave(error);
    if (output.left?.leave !== undefined && isKeptAside(error, options)) throw error;
    await output.left?.release();
    throw error;
  }
}

function jobOf(staged: StagedVersion, target: BuildTarget, options: BuildOptions, createdAt: Date): BuildJob {
  const { config, numShards, maxExamplesPerSplit } = options;
  return {
    id: staged.buildId,
    builder: target.builder,
    facts: {
      snapshotTime: timeOfTarget(target, options.snapshotTime ?? createdAt).toISOString(),
      once: encodedSeeds(options.seeds ?? {}),
      ...(options.upstream !== undefined && { published: options.upstream.versions }),
    },
    workDirectory: staged.workDirectory,
    outputDirectory: staged.directory,
    leavesShards: isGcsStorage(staged.registry.storage),
    formats: config.formats,
    bufferBytes: config.bufferBytes,
    warehouse: config.warehouse,
    bigquery: config.bigquery,
    registries: publishedRegistries(options),
    badRowDirectory: badRowDirectory(target, config),
    ...(numShards !== undefined && { numShards }),
    ...(config.maxShardBytes !== undefined && { maxShardBytes: config.maxShardBytes }),
    ...(maxExamplesPerSplit !== undefined && { maxExamplesPerSplit }),
    retain: { directory: staged.retainedDirectory, mostBytes: config.maxRetainedBytes },
    downloads: downloadsOf(config),
    ...(options.localSourcesOnly === true && { localSourcesOnly: true }),
  };
}

function encodedSeeds(seeds: Readonly<Record<string, number>>): BuildJob['facts']['once'] {
  const encoded = Object.entries(seeds).map(([name, seed]) => [
    name,
    Buffer.from(encodeValue(seed)).toString('base64'),
  ]);
  return Object.fromEntries(encoded);
}

function publishedRegistries({ config, upstream }: BuildOptions): PublishedRegistries {
  const { registries, cacheDirectory, cacheBytes } = config;
  return { registry: upstream?.registry ?? config.registry, registries, cacheDirectory, cacheBytes };
}

function alreadyPublished(target: BuildTarget, registry: string): DatasetsError {
  return new DatasetsError('VERSION_EXISTS', `${nameOfTarget(target)} is already published in ${registry}`, {
    hint: 'Leave out --fail-if-exists to skip it, or raise the version.',
    at: { dataset: target.definition.name },
  });
}

import { isOutside } from '../core/errors/index.js';
import type { Engine } from '../engines/index.js';
import { partsOf } from '../provenance/index.js';
import { publish, type Refusal, type StagedVersion, writeMetadata } from '../registry/index.js';
import { jobOf } from './build-job.js';
import type { BuildResult } from './build-options.js';
import { publishedResult } from './build-result.js';
import { fetchExtracts, namesOfRead, type RetainedVersion } from './extracts/given-extracts.js';
import { keepRetained } from './extracts/keep-retained.js';
import { guardStaged, isKeptAside } from './guard-staged.js';
import { policeStaged } from './police/police-staged.js';
import type { PreparedBuild } from './prepare-build.js';
import type { RecordedOptions } from './report/with-report.js';
import { moveNightly } from './snapshots/move-nightly.js';
import { versionMetadata } from './version-metadata.js';

/** What a build begins with. */
export interface StartedFrom {
  readonly identity: string | undefined;
  readonly from: RetainedVersion | undefined;
  /** Of earlier builds of the version. */
  readonly seen: readonly Refusal[];
}

/** Makes the data, describes it, looks whether it may be published, and publishes it. */
export async function buildStaged(
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

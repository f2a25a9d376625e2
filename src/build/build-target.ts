import { DatasetsError, isTransient } from '../core/errors/index.js';
import { createEngine, type Engine } from '../engines/index.js';
import { type Registry, readRefusals } from '../registry/index.js';
import type { BuildOptions, BuildResult } from './build-options.js';
import { existingResult } from './build-result.js';
import { buildStaged } from './build-staged.js';
import { findRetained, type RetainedVersion } from './extracts/given-extracts.js';
import { isKeptAside } from './guard-staged.js';
import { identityOf, prepareBuild } from './prepare-build.js';
import type { RecordedOptions } from './report/with-report.js';
import { refuseUnfinished } from './snapshots/choose-snapshot.js';
import { existingSnapshot } from './snapshots/existing-snapshot.js';
import { stageTarget } from './stage-target.js';
import { type BuildTarget, nameOfTarget } from './target.js';

/** Builds a version that is not there, or is to be there anew: takes its lease, goes on from what an earlier build left, and leaves what a later one can go on from. */
export async function buildTarget(
  target: BuildTarget,
  registry: Registry,
  asked: RecordedOptions,
): Promise<BuildResult> {
  if (target.snapshot !== undefined) refuseUnfinished(nameOfTarget(target), target.snapshot, asked.now ?? new Date());
  const { fromExtract, config, recorder } = asked;
  const from = fromExtract === undefined ? undefined : await findRetained(fromExtract, target, config);
  const options = withTimeOf(from, asked);
  options.onProgress?.({ type: 'build-start', dataset: target.definition.name, ...target.chosen });
  const engine = engineFor(target, options, registry.location);
  try {
    // Its threads load modules beside all that follows, which would keep them from beginning.
    await engine.warmUp(target.builder.module);
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

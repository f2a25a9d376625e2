import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildTarget, downloadsOf, findTarget, timeOfTarget } from '../build/index.js';
import { loadBuilder } from '../builder/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { checksumsFileName, openDownloads } from '../downloads/index.js';
import { buildGraph, describePlan, planPipeline } from '../pipeline/index.js';
import { openRegistry, versionPath } from '../registry/index.js';

/** What a build would do. */
export interface BuildPlan {
  readonly dataset: string;
  readonly config: string | undefined;
  readonly version: string;
  /** Absolute directory, or URL, that the version would be published to. */
  readonly directory: string;
  /** Whether it is published already. */
  readonly exists: boolean;
  readonly splits: readonly string[];
  readonly formats: readonly string[];
  readonly runner: string;
  readonly workers: number;
  /** The pipeline's stages, in words. */
  readonly stages: string;
}

/**
 * Says what a build would do. The builder's `splits()` runs, so that facts that it asks for are asked; no source is read and nothing is
 * fetched or written.
 *
 * @param now what a build stands for that is of no snapshot
 * @param snapshot as of a build
 * @throws DatasetsError as `findTarget`; BUILDER_INVALID, PIPELINE_INVALID; BUILD_REFUSED where it downloads what isn't on this machine
 */
export async function planBuild(
  reference: string,
  config: ResolvedConfig,
  now: Date,
  snapshot?: string,
): Promise<BuildPlan> {
  const target: BuildTarget = await findTarget(reference, config, { now, ...(snapshot !== undefined && { snapshot }) });
  const { definition, chosen } = target;
  const builder = await loadBuilder(target.builder);
  const facts = { snapshotTime: timeOfTarget(target, now).toISOString(), once: {} };
  const { directory, ...limits } = downloadsOf(config);
  const fetch = openDownloads({
    ...limits,
    directory,
    dataset: definition.name,
    checksumsFile: join(dirname(fileURLToPath(definition.module)), checksumsFileName),
    mode: 'cached',
    signal: new AbortController().signal,
  });
  const downloads = { directory, fetch };
  const graph = await buildGraph((pipeline) => builder.splits(pipeline), { facts, mayAskFacts: true, downloads });
  const registry = openRegistry(config.registry);
  return {
    dataset: definition.name,
    ...chosen,
    directory: registry.locationOf(versionPath({ name: definition.name, ...chosen })),
    exists: (await registry.find(target.reference)) !== undefined,
    splits: graph.splits.map(({ name }) => name),
    formats: config.formats,
    runner: config.runner,
    workers: config.workers,
    stages: describePlan(planPipeline(graph), graph),
  };
}

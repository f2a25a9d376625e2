import { type ResolvedConfig, withRegistry } from '../core/config/index.js';
import { readDataflowJob } from '../engines/index.js';
import { build } from './build.js';
import type { BuildEvent, BuildResult } from './build-options.js';

export interface AttachOptions {
  /** Says the project and the region of the job; registry, formats and the rest are the job's. */
  readonly config: ResolvedConfig;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: BuildEvent) => void;
}

/**
 * Waits for a job on Dataflow whose submitter is gone, or did not wait, and publishes what it made, in the registry that it was submitted for. Nothing is done twice: a
 * version that was published meanwhile stays as it is.
 *
 * @param jobId as Dataflow and `build --no-wait` name it.
 * @throws DatasetsError BUILD_UNKNOWN where there is no such job; BUILD_RUNNING where it builds another version of the code than this project has; whatever stops a build.
 * @example
 * ```ts
 * const { directory } = await attach('2026-11-21_01_02_03-1234567890', { config: await loadConfig() });
 * ```
 */
export async function attach(jobId: string, { config, signal, onProgress }: AttachOptions): Promise<BuildResult> {
  const { reference, registry, output, place } = await readDataflowJob(config.dataflow, jobId);
  const { formats, numShards, maxShardBytes } = output;
  const job: ResolvedConfig = {
    ...withRegistry(config, registry),
    runner: 'dataflow',
    dataflow: { ...config.dataflow, ...place },
    formats,
    maxShardBytes,
  };
  return build(reference, {
    config: job,
    submission: { attach: jobId },
    ...(numShards !== undefined && { numShards }),
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
  });
}

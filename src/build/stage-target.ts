import { join } from 'node:path';
import type { ResolvedConfig } from '../core/config/index.js';
import { type Registry, type StagedVersion, stageVersion } from '../registry/index.js';
import type { BuildOptions } from './build-options.js';
import type { BuildTarget } from './target.js';

/** Takes the lease of what is to be built, and a place to build it; waits for another build of the same version. */
export function stageTarget(
  target: BuildTarget,
  registry: Registry,
  options: BuildOptions,
  identity: string | undefined,
): Promise<StagedVersion> {
  const { definition, chosen } = target;
  return stageVersion(
    registry,
    { name: definition.name, ...chosen },
    {
      identity,
      restart: options.restart,
      overwrite: options.ifExists === 'overwrite',
      workDirectory: stagingDirectory(options.config),
      onWaiting: ({ process, startedAt }) =>
        options.onProgress?.({ type: 'build-waiting', host: process.host, pid: process.pid, startedAt }),
      signal: options.signal,
    },
  );
}

/** Where the malformed rows that a build leaves out are kept, until the next build of the same version. */
export function badRowDirectory({ definition, chosen }: BuildTarget, config: ResolvedConfig): string {
  const folder = [definition.name, ...(chosen.config === undefined ? [] : [chosen.config]), chosen.version].join('-');
  return join(config.workDirectory ?? config.cacheDirectory, 'bad-rows', folder);
}

/** Where builds for a remote registry are staged, absolute. */
export function stagingDirectory(config: ResolvedConfig): string {
  return config.workDirectory ?? join(config.cacheDirectory, 'staging');
}

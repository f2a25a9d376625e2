import { availableParallelism } from 'node:os';
import { DatasetsError } from '../core/errors/index.js';
import type { Engine } from './engine.js';
import { ThreadsEngine } from './threads/threads-engine.js';

/** Engines that run on this machine. */
export type LocalEngineName = 'inline' | 'threads';

export interface EngineOptions {
  /** Worker threads; by default one a processor that this process may use. `inline` has none. */
  readonly workers?: number;
}

/**
 * An engine by name: `inline` runs everything in this thread, for tests and debuggers; `threads` in a pool of worker threads.
 *
 * @throws DatasetsError USAGE for another name, or fewer than one worker.
 * @example
 * ```ts
 * const engine = createEngine('threads', { workers: 4 });
 * const output = await engine.run(job, { signal, onProgress });
 * ```
 */
export function createEngine(name: LocalEngineName, options: EngineOptions = {}): Engine {
  const { workers = availableParallelism() } = options;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new DatasetsError('USAGE', `a build needs at least one worker, got ${String(workers)}`, {
      hint: 'Leave the number out to use one worker a processor.',
    });
  }
  switch (name) {
    case 'inline':
      return {
        name,
        warmUp: () => {},
        close: async () => {},
        run: async (job, run) => {
          const [{ runLocalBuild }, { openInlineRunner }] = await Promise.all([
            import('./local/run-local-build.js'),
            import('./local/inline-runner.js'),
          ]);
          return runLocalBuild({ description: { name }, openRunner: async () => openInlineRunner() }, job, run);
        },
      };
    case 'threads':
      return new ThreadsEngine(workers);
    default:
      throw new DatasetsError('USAGE', `there is no engine ${JSON.stringify(name)}`, {
        hint: 'Use inline or threads.',
      });
  }
}

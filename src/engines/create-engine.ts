import { availableParallelism } from 'node:os';
import { DatasetsError } from '../core/errors/index.js';
import type { PortableEngineOptions } from './beam/portable-engine.js';
import { createPortableEngine } from './beam/portable-engine.js';
import { createDataflowEngine, type DataflowEngineOptions } from './dataflow/dataflow-engine.js';
import type { Engine } from './engine.js';
import { ThreadsEngine } from './threads/threads-engine.js';

/** Engines that run on this machine, and those that hand a build to a runner of Apache Beam. */
export type EngineName = 'inline' | 'threads' | 'beam' | 'dataflow';

export interface EngineOptions {
  /** Worker threads; by default one a processor that this process may use. `inline` has none, those of `beam` are each worker process's. */
  readonly workers?: number;
  /** `beam` needs it. */
  readonly beam?: Omit<PortableEngineOptions, 'threads'>;
  /** `dataflow` needs it. */
  readonly dataflow?: DataflowEngineOptions;
}

/**
 * An engine by name: `inline` runs everything in this thread, for tests and debuggers; `threads` in a pool of worker threads; `beam` on a runner that has a Beam job service; `dataflow` on
 * Google Cloud Dataflow.
 *
 * @throws DatasetsError USAGE for another name, fewer than one worker, or settings that do not go together.
 * @example
 * ```ts
 * const engine = createEngine('threads', { workers: 4 });
 * const output = await engine.run(job, { signal, onProgress });
 * ```
 */
export function createEngine(name: EngineName, options: EngineOptions = {}): Engine {
  const { workers = availableParallelism(), beam, dataflow } = options;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new DatasetsError('USAGE', `a build needs at least one worker, got ${String(workers)}`, {
      hint: 'Leave the number out to use one worker a processor.',
    });
  }
  switch (name) {
    case 'inline':
      return {
        name,
        warmUp: async () => {},
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
    case 'beam':
      if (beam === undefined) {
        throw new DatasetsError('USAGE', 'the engine beam needs its settings', { hint: 'Pass `beam` in the options.' });
      }
      return createPortableEngine({ ...beam, threads: workers });
    case 'dataflow':
      if (dataflow === undefined) {
        throw new DatasetsError('USAGE', 'the engine dataflow needs its settings', {
          hint: 'Pass `dataflow` in the options.',
        });
      }
      return createDataflowEngine(dataflow);
    default:
      throw new DatasetsError('USAGE', `there is no engine ${JSON.stringify(name)}`, {
        hint: 'Use inline, threads, beam or dataflow.',
      });
  }
}

import assert from 'node:assert/strict';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { BeamIterable, BeamValue, BundleContext } from '../../../src/engines/beam/harness/do-fn.js';
import type { JobSubmitter } from '../../../src/engines/beam/job/job-submitter.js';
import {
  type FoundJob,
  type JobCounter,
  JobDetached,
  type JobWatcher,
  type RunningJob,
  type SubmitOptions,
} from '../../../src/engines/beam/job/submitter.js';
import {
  type Components,
  ParDoPayloadSchema,
  type Pipeline,
  PipelineSchema,
  type PTransform,
} from '../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';
import { openStepWorker, type StepWorker } from '../../../src/engines/beam/steps/open-step-worker.js';
import { checkWorkerIdentity, identifyWorker } from '../../../src/engines/beam/worker/worker-identity.js';
import { openInlineRunner } from '../../../src/engines/local/inline-runner.js';
import { repositoryRoot } from '../../oracle/index.js';

export interface InProcessOptions {
  /** Of the order of all elements. */
  readonly seed: number;
  /** For files that a worker fetches. */
  readonly scratchDirectory: string;
  /** Of the worker. Default: this repository. */
  readonly projectRoot?: string;
  /** Attempts at each bundle whose outputs are thrown away. Default: none. */
  readonly lostAttempts?: number;
  /** A transform of which one output gets lost. */
  readonly losing?: string;
  /** Whether nobody waits for jobs: they run when another submitter finds them. */
  readonly isDetached?: boolean;
  /** A job to be found. */
  readonly found?: FoundJob | undefined;
}

/**
 * Runs pipelines in this thread, transform by transform, each bundle one element: what a translated pipeline means, without a runner. Elements come in another order with each
 * seed.
 */
export class InProcessSubmitter implements JobSubmitter {
  readonly description = 'this process';
  /** Those that were handed in. */
  readonly pipelines: Pipeline[] = [];
  /** The last of them, for whoever attaches to it. */
  left: FoundJob | undefined;
  readonly #options: InProcessOptions;

  constructor(options: InProcessOptions) {
    this.#options = options;
  }

  async openEnvironment() {
    return { urn: 'beam:env:test:v1', payload: new Uint8Array() };
  }

  async findRunning(): Promise<FoundJob | undefined> {
    return this.#options.found;
  }

  async submit(pipeline: Pipeline, { staged }: SubmitOptions): Promise<RunningJob> {
    const arrived = fromBinary(PipelineSchema, toBinary(PipelineSchema, pipeline));
    this.pipelines.push(arrived);
    const cancel = async () => {};
    const id = `job ${this.pipelines.length}`;
    assert.ok(staged);
    this.left = { job: { id, watch: (watcher) => this.#run(arrived, watcher), cancel }, staged };
    return {
      id,
      watch: async (watcher) => {
        if (this.#options.isDetached === true) throw new JobDetached(`${id} goes on`, { hint: 'Attach to it.' });
        return this.#run(arrived, watcher);
      },
      cancel,
    };
  }

  async close(): Promise<void> {
    // Nothing runs between two calls.
  }

  async #run(pipeline: Pipeline, watcher: JobWatcher) {
    const { projectRoot = repositoryRoot } = this.#options;
    const worker = openStepWorker({
      projectRoot,
      scratchDirectory: this.#options.scratchDirectory,
      threads: 1,
      check: async ({ identity }, module) =>
        checkWorkerIdentity(identity, await identifyWorker(projectRoot, module, identity.files)),
      openRunner: async () => openInlineRunner(),
    });
    try {
      await new PipelineRun(pipeline, worker, watcher, this.#options).run();
      return 'done' as const;
    } catch (error) {
      const text = error instanceof Error ? `${error.stack}` : String(error);
      watcher.onMessage?.({ importance: 'error', text, time: undefined });
      return 'failed' as const;
    } finally {
      await worker.close();
    }
  }
}

class PipelineRun {
  readonly #components: Components;
  readonly #order: readonly string[];
  readonly #worker: StepWorker;
  readonly #watcher: JobWatcher;
  readonly #options: InProcessOptions;
  readonly #collections = new Map<string, readonly BeamValue[]>();
  readonly #counters = new Map<string, JobCounter>();
  readonly #random: () => number;

  constructor(pipeline: Pipeline, worker: StepWorker, watcher: JobWatcher, options: InProcessOptions) {
    assert.ok(pipeline.components);
    this.#components = pipeline.components;
    this.#order = pipeline.rootTransformIds;
    this.#worker = worker;
    this.#watcher = watcher;
    this.#options = options;
    this.#random = randomOf(options.seed);
  }

  async run(): Promise<void> {
    for (const id of this.#order) {
      const transform = this.#components.transforms[id];
      assert.ok(transform?.spec, `the pipeline has no transform ${id}`);
      const [output, ...others] = Object.values(transform.outputs);
      assert.ok(output !== undefined && others.length === 0, `${id} has one output`);
      const inputs = Object.values(transform.inputs).map((input) => {
        const elements = this.#collections.get(input);
        assert.ok(elements, `${id} reads ${input}, which nothing before it has written`);
        return elements;
      });
      const outputs = this.#shuffled(await this.#apply(id, transform, inputs));
      this.#collections.set(output, id === this.#options.losing ? outputs.slice(1) : outputs);
      this.#watcher.onMetrics?.([...this.#counters.values()]);
    }
  }

  async #apply(id: string, transform: PTransform, inputs: readonly (readonly BeamValue[])[]) {
    const elements = inputs.flat();
    switch (transform.spec?.urn) {
      case 'beam:transform:impulse:v1':
        return [new Uint8Array()];
      case 'beam:transform:flatten:v1':
        return elements;
      case 'beam:transform:group_by_key:v1':
        return this.#grouped(elements);
      case 'beam:transform:pardo:v1':
        return this.#parDo(id, transform, elements);
      default:
        return assert.fail(`unknown transform ${transform.spec?.urn}`);
    }
  }

  #grouped(elements: readonly BeamValue[]): BeamValue[] {
    const groups = new Map<string, BeamValue[]>();
    for (const element of elements) {
      assert.ok(Array.isArray(element), 'elements of a GroupByKey are pairs');
      const [key, value] = element as unknown as readonly [Uint8Array, Uint8Array];
      const name = Buffer.from(key).toString('latin1');
      groups.set(name, [...(groups.get(name) ?? []), value]);
    }
    return [...groups].map(([key, values]) => [Buffer.from(key, 'latin1'), iterableOf(this.#shuffled(values))]);
  }

  async #parDo(id: string, transform: PTransform, elements: readonly BeamValue[]): Promise<BeamValue[]> {
    const { doFn } = fromBinary(ParDoPayloadSchema, transform.spec?.payload ?? new Uint8Array());
    assert.ok(doFn);
    const host = { workerId: 'worker', transformId: id, transformName: transform.uniqueName };
    const outputs: BeamValue[] = [];
    for (const element of elements) {
      for (let attempt = this.#options.lostAttempts ?? 0; attempt >= 0; attempt--) {
        const emitted: BeamValue[] = [];
        const instance = await this.#worker.createDoFn(doFn.urn, doFn.payload, host);
        const context = this.#context(id, emitted, attempt === 0);
        await instance.startBundle?.(context);
        await instance.process(element, context);
        await instance.finishBundle?.(context);
        if (attempt === 0) outputs.push(...emitted);
      }
    }
    return outputs;
  }

  #context(transform: string, emitted: BeamValue[], counts: boolean): BundleContext {
    return {
      workerId: 'worker',
      bundleId: '1',
      signal: this.#watcher.signal,
      emit: (output, value) => {
        assert.equal(output, 'out');
        emitted.push(value);
        return undefined;
      },
      counter: (name, amount) => {
        if (!counts) return;
        const key = `${transform} ${name}`;
        const sum = BigInt(amount) + (this.#counters.get(key)?.attempted ?? 0n);
        this.#counters.set(key, { transform, namespace: 'test', name, attempted: sum, committed: sum });
      },
      log: () => {},
      sideInput: () => assert.fail('no step has side inputs of Beam'),
      afterCommit: () => {},
    };
  }

  #shuffled<T>(values: readonly T[]): T[] {
    return values
      .map((value) => ({ value, at: this.#random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  }
}

function iterableOf(values: readonly BeamValue[]): BeamIterable {
  return {
    async *[Symbol.asyncIterator]() {
      yield* values;
    },
    async *runs() {
      yield values;
    },
  };
}

/** mulberry32: small, and good enough for orders. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

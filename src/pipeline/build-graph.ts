import { createHash } from 'node:crypto';
import { DatasetsError, internalError } from '../core/errors/index.js';
import { isSplitName } from '../core/names/index.js';
import { checkRequest, type DownloadRequest, downloadedFiles, isRequest } from '../downloads/index.js';
import type { DownloadedFiles, Source } from '../sources/index.js';
import { ValueWriter } from '../values/index.js';
import type { Awaitable, Collection, Counter, Key, Keyed, Pipeline, StepOptions } from './collection.js';
import { CollectionNode, type PipelineState } from './collection-node.js';
import { PipelineCounter } from './counter.js';
import { type BuildFacts, FactRecorder, type FetchDownloads } from './facts.js';
import type { Graph, GraphSplit } from './graph.js';
import { GraphDraft } from './graph-draft.js';
import type { Operation, UserFunction } from './operation.js';

export interface GraphOptions {
  readonly facts: BuildFacts;
  /** The submitter may ask facts that are not recorded yet; a worker may not. */
  readonly mayAskFacts: boolean;
  /** How downloads come to this machine, in the submitter; where they lie. */
  readonly downloads?: { readonly directory: string; readonly fetch?: FetchDownloads };
}

/**
 * Runs an author's `splits()` and returns the graph that it made.
 *
 * @throws DatasetsError PIPELINE_INVALID when the splits are none, not keyed, or of another pipeline; GRAPH_MISMATCH when a worker asks a fact
 *   that was not recorded. What `splits()` throws passes through.
 * @example
 * ```ts
 * const graph = await buildGraph((p) => builder.splits(p), { facts: { snapshotTime, once: {} }, mayAskFacts: true });
 * ```
 */
export async function buildGraph(
  splits: (pipeline: Pipeline) => Awaitable<unknown>,
  options: GraphOptions,
): Promise<Graph> {
  const pipeline = new PipelineGraph(options);
  return pipeline.finish(await splits(pipeline));
}

type Request = string | URL | DownloadRequest;

class PipelineGraph implements Pipeline {
  readonly #state: PipelineState = { draft: new GraphDraft(), sideInputs: [] };
  readonly #counters = new Map<string, PipelineCounter>();
  readonly #facts: FactRecorder;
  readonly #downloads: GraphOptions['downloads'];

  constructor(options: GraphOptions) {
    this.#facts = new FactRecorder(options.facts, options.mayAskFacts);
    this.#downloads = options.downloads;
  }

  get snapshotTime(): Date {
    // A copy: a Date can be changed by whoever holds it.
    return new Date(this.#facts.snapshotTime);
  }

  read<T>(source: Source<T>, options?: StepOptions): Collection<T> {
    if (typeof source?.split !== 'function' || typeof source.read !== 'function') {
      throw new DatasetsError('PIPELINE_INVALID', 'read is given something that is no source', {
        hint: 'Pass what csv(), jsonl(), parquet() and their kin return.',
      });
    }
    return this.#root({ kind: 'read', source: source as Source<unknown> }, false, options) as Collection<T>;
  }

  generate<const K extends Key, T>(
    fn: () => Iterable<readonly [K, T]> | AsyncIterable<readonly [K, T]>,
    options?: StepOptions,
  ): Keyed<K, T> {
    if (typeof fn !== 'function') {
      throw new DatasetsError('PIPELINE_INVALID', `generate needs a generator function, got ${typeof fn}`, {
        hint: 'p.generate(function* () { yield [key, example]; }): pass the function, not its result.',
      });
    }
    return this.#root({ kind: 'generate', fn: fn as UserFunction }, true, options) as unknown as Keyed<K, T>;
  }

  create<T>(elements: Iterable<T>, options?: StepOptions): Collection<T> {
    const writer = new ValueWriter();
    for (const element of elements) writer.write(element);
    return this.#root({ kind: 'create', encoded: writer.copy() }, false, options) as Collection<T>;
  }

  counter(name: string): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = new PipelineCounter(name);
      this.#counters.set(name, counter);
    }
    return counter;
  }

  async once<T>(name: string, fn: () => Awaitable<T>): Promise<T> {
    return (await this.#facts.once(name, fn)) as T;
  }

  async download(requests: Request): Promise<DownloadedFiles>;
  async download(requests: readonly Request[]): Promise<readonly DownloadedFiles[]>;
  async download<const N extends string>(
    requests: Readonly<Record<N, Request>>,
  ): Promise<Readonly<Record<N, DownloadedFiles>>>;
  async download(
    requests: Request | readonly Request[] | Readonly<Record<string, Request>>,
  ): Promise<DownloadedFiles | readonly DownloadedFiles[] | Readonly<Record<string, DownloadedFiles>>> {
    if (isRequest(requests)) {
      const [only] = await this.#download([requests]);
      if (only === undefined) throw internalError('a download gave nothing');
      return only;
    }
    if (isList(requests)) return this.#download(requests);
    const names = Object.keys(requests);
    const found = await this.#download(Object.values(requests));
    return Object.fromEntries(found.map((files, index) => [names[index], files]));
  }

  async #download(requests: readonly Request[]): Promise<readonly DownloadedFiles[]> {
    const options = this.#downloads;
    if (options === undefined) {
      throw new DatasetsError('PIPELINE_INVALID', 'nothing can be downloaded here', {
        hint: 'p.download works in builds.',
      });
    }
    const records = await this.#facts.download(requests.map(checkRequest), options.fetch);
    return records.map((record) => downloadedFiles(record, options.directory));
  }

  finish(returned: unknown): Graph {
    const splits = this.#splits(returned);
    const { draft, sideInputs } = this.#state;
    draft.seal();
    const fingerprint = createHash('sha256')
      .update(JSON.stringify({ nodes: draft.nodes, splits }))
      .digest('hex');
    const { nodes, operations } = draft;
    return {
      nodes,
      operations,
      splits,
      sideInputs,
      counters: this.#counters,
      fingerprint,
      facts: this.#facts.record(),
    };
  }

  #splits(returned: unknown): GraphSplit[] {
    if (
      typeof returned !== 'object' ||
      returned === null ||
      CollectionNode.nodeOf(this.#state, returned) !== undefined
    ) {
      throw new DatasetsError('PIPELINE_INVALID', 'splits() must return an object of splits by name', {
        hint: 'For example: return { train: examples };',
      });
    }
    const splits = Object.entries(returned).map(([name, value]) => ({ name, node: this.#splitNode(name, value) }));
    if (splits.length === 0) {
      throw new DatasetsError('PIPELINE_INVALID', 'splits() returned no split', {
        hint: 'Return at least one: { train: examples }.',
      });
    }
    return splits;
  }

  #splitNode(split: string, value: unknown): number {
    if (!isSplitName(split)) {
      throw new DatasetsError('PIPELINE_INVALID', `${JSON.stringify(split)} can't be the name of a split`, {
        hint: "Use letters, digits, _ and -, but not 'all', which means all splits together: train, validation, test.",
        at: { split },
      });
    }
    const node = CollectionNode.nodeOf(this.#state, value);
    if (node === undefined) {
      throw new DatasetsError('PIPELINE_INVALID', `split ${split} is no collection of this pipeline`, {
        hint: 'Return collections made from the p that splits(p) was given.',
        at: { split },
      });
    }
    if (!node.keyed) {
      throw new DatasetsError('PIPELINE_INVALID', `split ${split} has no keys: it ends with ${node.name}`, {
        hint: 'Every example needs a unique key: end with keyBy, or with mapValues instead of map.',
        at: { split, transform: node.name },
      });
    }
    return node.id;
  }

  #root(operation: Operation, keyed: boolean, options: StepOptions | undefined): CollectionNode {
    return new CollectionNode(this.#state, this.#state.draft.add(operation, [], keyed, options?.name));
  }
}

function isList(value: object): value is readonly Request[] {
  return Array.isArray(value);
}

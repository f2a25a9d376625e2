import { internalError } from '../../../core/errors/index.js';
import { globalHeader } from '../coders/windowed-coder.js';
import type { ProcessBundleDescriptor, ProcessBundleRequest } from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { type BundleGraph, makeBundleGraph } from './bundle-graph.js';
import type { CreateDoFn } from './do-fn.js';
import type { Inbox } from './inbox.js';
import { elementCount, type Measure, readIndex, userCounter } from './monitoring.js';
import type { SharedContext } from './par-do.js';
import type { RunnerStreams } from './runner-streams.js';
import type { DesiredSplit } from './split.js';

/** What all bundles of a worker share. */
export interface WorkerParts {
  readonly workerId: string;
  readonly createDoFn: CreateDoFn;
  readonly streams: RunnerStreams;
}

/** A source, and the first of its elements that is not worked on here any more. */
export interface ChannelSplit {
  readonly transformId: string;
  readonly firstResidual: number;
}

/** Works on bundles of one descriptor, one at a time; its DoFns serve many. */
export class BundleProcessor {
  readonly #graph: BundleGraph;
  readonly #descriptor: ProcessBundleDescriptor;
  readonly #streams: RunnerStreams;
  #inbox: Inbox | undefined;

  private constructor(graph: BundleGraph, descriptor: ProcessBundleDescriptor, streams: RunnerStreams) {
    this.#graph = graph;
    this.#descriptor = descriptor;
    this.#streams = streams;
  }

  /** @throws DatasetsError UNSUPPORTED, and what `createDoFn` throws */
  static async create(
    descriptor: ProcessBundleDescriptor,
    { workerId, createDoFn, streams }: WorkerParts,
  ): Promise<BundleProcessor> {
    const log = streams.log.log.bind(streams.log);
    return new BundleProcessor(await makeBundleGraph(descriptor, { workerId, createDoFn, log }), descriptor, streams);
  }

  /** Whether elements are here that are not worked on yet. */
  get consuming(): boolean {
    return this.#inbox !== undefined && !this.#inbox.isAwaited;
  }

  /** @throws TransformFailure, DatasetsError; then the processor is not to be used again */
  async process(request: ProcessBundleRequest, shared: SharedContext): Promise<void> {
    const stream = this.#streams.data(this.#graph.sourceUrl, request.dataStreamId);
    this.#inbox = stream.open(shared.bundleId, request.elements?.data ?? []);
    try {
      await this.#start(request, shared);
      await this.#read(this.#inbox, shared.signal);
      for (const parDo of this.#graph.parDos) await parDo.finish();
      for (const { sink } of this.#graph.sinks) await sink.finish();
    } finally {
      stream.close(shared.bundleId);
      this.#inbox = undefined;
    }
  }

  /** Of this bundle, as far as it has come. */
  measures(): readonly Measure[] {
    const { sources, collections, parDos } = this.#graph;
    return [
      ...[...sources.values()].flatMap(({ transformId, index }) => (index < 0 ? [] : [readIndex(transformId, index)])),
      ...collections.map(({ id, count }) => elementCount(id, count)),
      ...parDos.flatMap(({ transformId, counters }) =>
        [...counters].map(([name, value]) => userCounter(transformId, name, value)),
      ),
    ];
  }

  /** Gives away the end of what the sources named here would have read, where that can be. */
  split(desired: Readonly<Record<string, DesiredSplit>>): readonly ChannelSplit[] {
    return Object.entries(desired).flatMap(([transformId, wish]) => {
      const firstResidual = this.#graph.sources.get(transformId)?.split(wish);
      return firstResidual === undefined ? [] : [{ transformId, firstResidual }];
    });
  }

  async teardown(): Promise<void> {
    for (const parDo of this.#graph.parDos) await parDo.teardown();
  }

  /** Consumers before producers, since a DoFn may emit when its bundle starts. */
  async #start(request: ProcessBundleRequest, shared: SharedContext): Promise<void> {
    const { sources, sinks, collections, parDos, state, current } = this.#graph;
    const stateUrl = this.#descriptor.stateApiServiceDescriptor?.url ?? '';
    state.start(shared.bundleId, () => this.#streams.state(stateUrl));
    current.header = globalHeader;
    for (const collection of collections) collection.count = 0;
    for (const source of sources.values()) source.start();
    for (const { sink, url } of sinks) sink.start(shared.bundleId, this.#streams.data(url, request.dataStreamId));
    // All at once: what is asked about this bundle must not be told of the one before.
    for (const { counters } of parDos) counters.clear();
    for (const parDo of parDos.toReversed()) await parDo.start(shared);
  }

  async #read(inbox: Inbox, signal: AbortSignal): Promise<void> {
    for (let open = this.#graph.sources.size; open > 0; ) {
      const { transformId, data, isLast } = await inbox.take();
      const source = this.#graph.sources.get(transformId);
      if (source === undefined) throw internalError(`the runner sends elements for ${transformId}, which is no source`);
      if (data.length > 0) await source.read(data, signal);
      if (!isLast) continue;
      source.finish();
      open--;
    }
  }
}

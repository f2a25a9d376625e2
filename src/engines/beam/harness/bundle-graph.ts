import { fromBinary } from '@bufbuild/protobuf';
import { DatasetsError, internalError } from '../../../core/errors/index.js';
import { Coders } from '../coders/make-coders.js';
import { StoredIterable } from '../coders/stored-iterable.js';
import { globalHeader } from '../coders/windowed-coder.js';
import { type ProcessBundleDescriptor, RemoteGrpcPortSchema } from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { type ParDoPayload, ParDoPayloadSchema, type PTransform } from '../protos/pipeline/v1/beam_runner_api_pb.js';
import { BundleState } from './bundle-state.js';
import type { BeamIterable, CreateDoFn } from './do-fn.js';
import { ParDo, type ParDoParts } from './par-do.js';
import { Collection, type Receiver } from './receiver.js';
import { type CurrentHeader, Sink } from './sink.js';
import { Source } from './source.js';
import type { StateKey } from './state-stream.js';

/** What a worker gives to all its bundles. */
export interface GraphMaking {
  readonly workerId: string;
  readonly createDoFn: CreateDoFn;
  readonly log: ParDoParts['log'];
}

/** The transforms of a bundle, wired: a source's elements run through all of them. */
export interface BundleGraph {
  /** By their transforms' ids. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Producers before consumers. */
  readonly parDos: readonly ParDo[];
  readonly sinks: readonly { readonly sink: Sink; readonly url: string }[];
  readonly collections: readonly Collection[];
  /** `host:port` of the data service that the sources read. */
  readonly sourceUrl: string;
  readonly state: BundleState;
  readonly current: CurrentHeader;
}

/**
 * Makes the transforms of a bundle descriptor.
 *
 * @throws DatasetsError UNSUPPORTED, and what `createDoFn` throws
 */
export async function makeBundleGraph(descriptor: ProcessBundleDescriptor, making: GraphMaking): Promise<BundleGraph> {
  return await new GraphMaker(descriptor, making).make();
}

class GraphMaker {
  readonly #descriptor: ProcessBundleDescriptor;
  readonly #making: GraphMaking;
  readonly #coders: Coders;
  readonly #state = new BundleState();
  readonly #current = { header: globalHeader };
  /** The transforms that read a PCollection as their main input. */
  readonly #readers = new Map<string, string[]>();
  readonly #receivers = new Map<string, Receiver>();
  readonly #collections = new Map<string, Collection>();
  readonly #parDos: ParDo[] = [];
  readonly #sinks: { sink: Sink; url: string }[] = [];

  constructor(descriptor: ProcessBundleDescriptor, making: GraphMaking) {
    this.#descriptor = descriptor;
    this.#making = making;
    this.#coders = new Coders(descriptor.coders, this.#state);
  }

  async make(): Promise<BundleGraph> {
    const transforms = Object.entries(this.#descriptor.transforms);
    for (const [id, transform] of transforms) {
      for (const collection of mainInputs(transform)) {
        this.#readers.set(collection, [...(this.#readers.get(collection) ?? []), id]);
      }
    }
    const sources = new Map<string, Source>();
    const urls = new Set<string>();
    for (const [id, transform] of transforms.filter(([, { spec }]) => spec?.urn === 'beam:runner:source:v1')) {
      const { coderId, url } = readPort(transform);
      const output = await this.#onlyOutput(transform);
      sources.set(id, new Source(id, this.#coders.windowed(coderId), output, this.#current));
      urls.add(url);
    }
    const [sourceUrl] = urls;
    if (sourceUrl === undefined || urls.size > 1)
      throw internalError(`a bundle has ${urls.size} data services for its sources`);
    return {
      sources,
      parDos: this.#parDos,
      sinks: this.#sinks,
      collections: [...this.#collections.values()],
      sourceUrl,
      state: this.#state,
      current: this.#current,
    };
  }

  async #collection(id: string): Promise<Collection> {
    const known = this.#collections.get(id);
    if (known !== undefined) return known;
    const receivers: Receiver[] = [];
    for (const reader of this.#readers.get(id) ?? []) receivers.push(await this.#receiver(reader));
    const collection = new Collection(id, receivers);
    this.#collections.set(id, collection);
    return collection;
  }

  async #receiver(id: string): Promise<Receiver> {
    const known = this.#receivers.get(id);
    if (known !== undefined) return known;
    const transform = this.#descriptor.transforms[id];
    if (transform === undefined) throw internalError(`the runner names a transform that it does not describe: ${id}`);
    const receiver = await this.#makeReceiver(id, transform);
    this.#receivers.set(id, receiver);
    return receiver;
  }

  async #makeReceiver(id: string, transform: PTransform): Promise<Receiver> {
    const urn = transform.spec?.urn ?? '';
    switch (urn) {
      case 'beam:transform:pardo:v1':
        return await this.#parDo(id, transform);
      case 'beam:transform:flatten:v1':
        return await this.#onlyOutput(transform);
      case 'beam:runner:sink:v1': {
        const { coderId, url } = readPort(transform);
        const sink = new Sink(id, this.#coders.windowed(coderId), this.#current);
        this.#sinks.push({ sink, url });
        return sink;
      }
      default:
        throw new DatasetsError(
          'UNSUPPORTED',
          `the runner sends the transform ${transform.uniqueName}, ${urn}, to this worker`,
          {
            hint: 'The worker runs ParDos alone: see that the runner does this transform itself, and that the worker serves its own pipeline.',
            at: { transform: transform.uniqueName },
          },
        );
    }
  }

  async #parDo(id: string, transform: PTransform): Promise<ParDo> {
    const payload = readParDo(transform);
    const outputs = new Map<string, Receiver>();
    for (const [name, collection] of Object.entries(transform.outputs))
      outputs.set(name, await this.#collection(collection));
    const { workerId, createDoFn, log } = this.#making;
    const host = { workerId, transformId: id, transformName: transform.uniqueName };
    const doFn = await createDoFn(payload.doFn?.urn ?? '', payload.doFn?.payload ?? new Uint8Array(), host);
    const sideInput = (name: string): BeamIterable => this.#sideInput(id, transform, name);
    const parDo = new ParDo({ transformId: id, transformName: transform.uniqueName, doFn, outputs, sideInput, log });
    // Consumers are made before their producer.
    this.#parDos.unshift(parDo);
    return parDo;
  }

  #sideInput(transformId: string, transform: PTransform, name: string): BeamIterable {
    const collection = this.#descriptor.pcollections[transform.inputs[name] ?? ''];
    if (collection === undefined || !(name in readParDo(transform).sideInputs))
      throw internalError(`${transform.uniqueName} has no side input named ${name}`);
    // The global window's name takes no bytes.
    const value = { transformId, sideInputId: name, window: new Uint8Array() };
    const key: StateKey = { type: { case: 'iterableSideInput', value } };
    return new StoredIterable(this.#state.pagesOf(key), this.#coders.element(collection.coderId));
  }

  async #onlyOutput(transform: PTransform): Promise<Collection> {
    const [output, ...more] = Object.values(transform.outputs);
    if (output === undefined || more.length > 0) throw internalError(`${transform.uniqueName} should have one output`);
    return await this.#collection(output);
  }
}

/** All inputs that are not side inputs. */
function mainInputs(transform: PTransform): readonly string[] {
  const isParDo = transform.spec?.urn === 'beam:transform:pardo:v1';
  const sideInputs = isParDo ? readParDo(transform).sideInputs : {};
  return Object.entries(transform.inputs).flatMap(([name, collection]) => (name in sideInputs ? [] : [collection]));
}

function readParDo(transform: PTransform): ParDoPayload {
  return fromBinary(ParDoPayloadSchema, transform.spec?.payload ?? new Uint8Array());
}

function readPort(transform: PTransform): { readonly coderId: string; readonly url: string } {
  const port = fromBinary(RemoteGrpcPortSchema, transform.spec?.payload ?? new Uint8Array());
  return { coderId: port.coderId, url: port.apiServiceDescriptor?.url ?? '' };
}

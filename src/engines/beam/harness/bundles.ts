import { setMaxListeners } from 'node:events';
import type { Client } from '@grpc/grpc-js';
import {
  BeamFnControl,
  type ProcessBundleDescriptor,
  type ProcessBundleRequest,
} from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { unary, workerMetadata } from '../rpc/channel.js';
import { BundleProcessor, type WorkerParts } from './bundle-processor.js';
import { describeFailure } from './describe-failure.js';

type Callback = () => void | Promise<void>;

/** Of so many bundles it is remembered what to do when they are durable: a runner need not tell. */
const rememberedCallbacks = 1000;

/** The bundles of a worker: any number at once. */
export class Bundles {
  readonly #parts: WorkerParts;
  readonly #control: Client;
  readonly #ending = new AbortController();
  readonly #descriptors = new Map<string, Promise<ProcessBundleDescriptor>>();
  /** By the descriptor's id. */
  readonly #idle = new Map<string, BundleProcessor[]>();
  /** By the bundle's id. */
  readonly #active = new Map<string, BundleProcessor>();
  readonly #afterCommit = new Map<string, readonly Callback[]>();

  /** @param control Where descriptors are asked for. */
  constructor(parts: WorkerParts, control: Client) {
    this.#parts = parts;
    this.#control = control;
    // Any number of bundles listen.
    setMaxListeners(0, this.#ending.signal);
  }

  /** The processor that works on a bundle just now. */
  active(bundleId: string): BundleProcessor | undefined {
    return this.#active.get(bundleId);
  }

  /**
   * Works on a bundle.
   *
   * @param answer Called while the processor still knows what it counted.
   */
  async process<Answer>(
    bundleId: string,
    request: ProcessBundleRequest,
    answer: (processor: BundleProcessor, requiresFinalization: boolean) => Answer,
  ): Promise<Answer> {
    const callbacks: Callback[] = [];
    const processor = await this.#take(request.processBundleDescriptorId);
    this.#active.set(bundleId, processor);
    try {
      await processor.process(request, {
        workerId: this.#parts.workerId,
        bundleId,
        signal: this.#ending.signal,
        afterCommit: (callback) => void callbacks.push(callback),
      });
    } catch (error) {
      await this.#discard(processor);
      throw error;
    } finally {
      this.#active.delete(bundleId);
    }
    if (callbacks.length > 0) this.#remember(bundleId, callbacks);
    const answered = answer(processor, callbacks.length > 0);
    this.#idle.get(request.processBundleDescriptorId)?.push(processor);
    return answered;
  }

  /** The runner has made a bundle's outputs durable. */
  async finalise(bundleId: string): Promise<void> {
    const callbacks = this.#afterCommit.get(bundleId) ?? [];
    this.#afterCommit.delete(bundleId);
    for (const callback of callbacks) await callback();
  }

  /** Runners may describe bundles before they send any. */
  register(descriptors: readonly ProcessBundleDescriptor[]): void {
    for (const descriptor of descriptors) this.#descriptors.set(descriptor.id, Promise.resolve(descriptor));
  }

  /** Tells the DoFns that nobody waits for them any more. */
  abort(reason: unknown): void {
    this.#ending.abort(reason);
  }

  async teardown(): Promise<void> {
    for (const processor of [...this.#idle.values()].flat()) await this.#discard(processor);
  }

  /** A failure here changes nothing of what was done, and must not hide another. */
  async #discard(processor: BundleProcessor): Promise<void> {
    try {
      await processor.teardown();
    } catch (error) {
      this.#parts.streams.log.log('warning', describeFailure(error));
    }
  }

  async #take(descriptorId: string): Promise<BundleProcessor> {
    const idle = this.#idle.get(descriptorId) ?? [];
    this.#idle.set(descriptorId, idle);
    return idle.pop() ?? (await BundleProcessor.create(await this.#descriptor(descriptorId), this.#parts));
  }

  async #descriptor(id: string): Promise<ProcessBundleDescriptor> {
    const known = this.#descriptors.get(id);
    if (known !== undefined) return await known;
    const method = BeamFnControl.method.getProcessBundleDescriptor;
    const metadata = workerMetadata(this.#parts.workerId);
    const asked = unary(this.#control, method, { processBundleDescriptorId: id }, metadata);
    this.#descriptors.set(id, asked);
    try {
      return await asked;
    } catch (error) {
      this.#descriptors.delete(id);
      throw error;
    }
  }

  #remember(bundleId: string, callbacks: readonly Callback[]): void {
    this.#afterCommit.set(bundleId, callbacks);
    const [oldest = ''] = this.#afterCommit.keys();
    if (this.#afterCommit.size > rememberedCallbacks) this.#afterCommit.delete(oldest);
  }
}

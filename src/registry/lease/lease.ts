import { randomUUID } from 'node:crypto';
import { DatasetsError } from '../../core/errors/index.js';
import type { Storage } from '../../storage/index.js';
import { createNewest, generationNumbers, generationPath } from '../generations.js';
import { locationOf } from '../location.js';
import { Heartbeat } from './heartbeat.js';
import type { LeaseSetting } from './lease-options.js';
import { formatLeaseRecord, type LeaseKind, type LeaseRecord, type LeaseSubject } from './lease-record.js';
import type { LeaseView } from './lease-watch.js';

/**
 * The right to work on something, held by one process at a time, until it is released or its holder dies.
 *
 * Every change of hands is a new generation, created only if it is absent: of two who try one succeeds. A holder who was taken for dead (it was stopped, its
 * network was away) learns of it when it publishes, because its generation is not the newest any more.
 */
export class Lease {
  readonly path: string;
  /** What was being published when its holder died: whoever takes the lease ends that first. */
  readonly unfinished: LeaseSubject | undefined;
  readonly #storage: Storage;
  readonly #setting: LeaseSetting;
  #number: number;
  #record: LeaseRecord;
  #heartbeat: Heartbeat;
  #ended = false;

  private constructor(storage: Storage, path: string, setting: LeaseSetting, number: number, record: LeaseRecord) {
    this.path = path;
    this.unfinished = record.kind === 'publishing' ? record.about : undefined;
    this.#storage = storage;
    this.#setting = setting;
    this.#number = number;
    this.#record = record;
    this.#heartbeat = this.#startHeart();
  }

  /**
   * Takes a lease that nobody holds.
   *
   * @returns undefined when somebody else was faster.
   */
  static async take(
    storage: Storage,
    path: string,
    view: LeaseView,
    about: LeaseSubject,
    setting: LeaseSetting,
  ): Promise<Lease | undefined> {
    const unfinished = view.record?.kind === 'publishing' ? view.record : undefined;
    const record: LeaseRecord = {
      kind: unfinished?.kind ?? 'held',
      id: randomUUID(),
      process: setting.process,
      startedAt: new Date().toISOString(),
      about: unfinished?.about ?? about,
    };
    const number = view.number + 1;
    if (!(await createNewest(storage, path, number, formatLeaseRecord(record)))) return undefined;
    return new Lease(storage, path, setting, number, record);
  }

  get about(): LeaseSubject {
    return this.#record.about;
  }

  /** Whether what is held for is being made public. */
  get isPublishing(): boolean {
    return this.#record.kind === 'publishing';
  }

  /**
   * The step after which nobody takes this over without ending it: either it succeeds, or somebody else has taken the lease.
   *
   * @throws DatasetsError LEASE_LOST
   */
  async startPublishing(about: LeaseSubject): Promise<void> {
    if (this.#ended || !(await this.#next('publishing', about, true))) throw this.#lost();
  }

  /** Whether nobody else has taken the lease. */
  async isHeld(): Promise<boolean> {
    return !this.#ended && (await generationNumbers(this.#storage, this.path)).at(-1) === this.#number;
  }

  /** @throws DatasetsError LEASE_LOST when somebody else has taken the lease. */
  async check(): Promise<void> {
    if (!(await this.isHeld())) throw this.#lost();
  }

  /** Gives the lease back. Does nothing the second time, nor when somebody else has taken it. */
  async release(): Promise<void> {
    await this.#end('released');
  }

  /** Gives the lease back; what is being published is left to the next holder to end. */
  async leave(): Promise<void> {
    await this.#end(this.isPublishing ? 'publishing' : 'released');
  }

  async #end(kind: LeaseKind): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#heartbeat.stop();
    await this.#next(kind, this.about, false);
  }

  async #next(kind: LeaseKind, about: LeaseSubject, works: boolean): Promise<boolean> {
    const { process, startedAt } = this.#record;
    const owner = works && process !== undefined && startedAt !== undefined ? { process, startedAt } : {};
    const record: LeaseRecord = { kind, id: randomUUID(), ...owner, about };
    await this.#heartbeat.stop();
    if (!(await createNewest(this.#storage, this.path, this.#number + 1, formatLeaseRecord(record)))) return false;
    this.#number += 1;
    this.#record = record;
    if (works) this.#heartbeat = this.#startHeart();
    return true;
  }

  #startHeart(): Heartbeat {
    const { clock, timings } = this.#setting;
    const path = generationPath(this.path, this.#number, 'heartbeat');
    return new Heartbeat(this.#storage, path, timings.heartbeatMilliseconds, clock);
  }

  #lost(): DatasetsError {
    const where = locationOf(this.#storage, this.path);
    return new DatasetsError('LEASE_LOST', `the lease ${where} was taken over by somebody else`, {
      hint: 'This process was silent for too long and was taken for dead. Nothing was published by it: run it again.',
      at: { file: where },
    });
  }
}

import { DatasetsError } from '../../core/errors/index.js';
import type { Storage } from '../../storage/index.js';
import { locationOf } from '../location.js';
import { Lease } from './lease.js';
import { type LeaseOptions, type LeaseSetting, leaseSetting } from './lease-options.js';
import { type LeaseView, LeaseWatch } from './lease-watch.js';

/**
 * Takes a lease, waiting for whoever holds it: until it is released, or until its holder is dead.
 *
 * A holder on this machine is dead when its process is gone. One elsewhere is dead when its heart has not beaten while this process watched
 * for `silentMilliseconds` of its own clock.
 *
 * @param path the lease's folder; its generations are the objects in it.
 * @throws DatasetsError INTERRUPTED when the signal aborts; STORAGE_FULL, STORAGE_FAILED
 * @example
 * ```ts
 * const lease = await acquireLease(storage, '.leases/product_a/1.2.0', { about: async () => ({ build: 'x' }) });
 * try {
 *   await work();
 * } finally {
 *   await lease.release();
 * }
 * ```
 */
export async function acquireLease(storage: Storage, path: string, options: LeaseOptions): Promise<Lease> {
  const setting = leaseSetting(options);
  const watch = new LeaseWatch(storage, path, setting);
  let told: string | undefined;
  for (;;) {
    throwIfInterrupted(options.signal, locationOf(storage, path));
    const view = await watch.look();
    const lease = await takeIfAbandoned(storage, path, view, options, setting);
    if (lease !== undefined) return lease;
    if (view.state !== 'held') continue;
    if (view.record?.process !== undefined && view.record.id !== told) {
      told = view.record.id;
      const { process, startedAt, about } = view.record;
      options.onWaiting?.({ process, startedAt, about });
    }
    await setting.clock.sleep(setting.timings.pollMilliseconds, { signal: options.signal, keepsAlive: true });
  }
}

/**
 * Takes a lease that nobody holds now; does not wait.
 *
 * @returns undefined when somebody holds it, as far as can be seen at once.
 */
export async function takeFreeLease(
  storage: Storage,
  path: string,
  options: Omit<LeaseOptions, 'onWaiting' | 'signal'>,
): Promise<Lease | undefined> {
  const setting = leaseSetting(options);
  const view = await new LeaseWatch(storage, path, setting).look();
  return takeIfAbandoned(storage, path, view, options, setting);
}

/**
 * Takes a lease whose holder seems dead, after watching it for long enough to be sure.
 *
 * @returns undefined when the holder lives after all.
 * @throws DatasetsError INTERRUPTED when the signal aborts.
 */
export async function takeSilentLease(
  storage: Storage,
  path: string,
  options: Omit<LeaseOptions, 'onWaiting'>,
): Promise<Lease | undefined> {
  const setting = leaseSetting(options);
  const watch = new LeaseWatch(storage, path, setting);
  for (let view = await watch.look(); ; view = await watch.look()) {
    if (view.state !== 'held') return takeIfAbandoned(storage, path, view, options, setting);
    if (watch.hasStirred) return undefined;
    await setting.clock.sleep(setting.timings.pollMilliseconds, { signal: options.signal, keepsAlive: true });
    throwIfInterrupted(options.signal, locationOf(storage, path));
  }
}

async function takeIfAbandoned(
  storage: Storage,
  path: string,
  view: LeaseView,
  options: Pick<LeaseOptions, 'about'>,
  setting: LeaseSetting,
): Promise<Lease | undefined> {
  return view.state === 'held' ? undefined : Lease.take(storage, path, view, await options.about(), setting);
}

function throwIfInterrupted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted !== true) return;
  throw new DatasetsError('INTERRUPTED', `interrupted while waiting for the lease ${where}`, {
    hint: 'Nothing was changed. Run it again.',
    cause: signal.reason,
  });
}

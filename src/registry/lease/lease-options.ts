import { currentProcess, type Life, lifeOf, type ProcessIdentity } from '../process-identity.js';
import { type Clock, systemClock } from './clock.js';
import type { LeaseSubject } from './lease-record.js';

export interface LeaseTimings {
  readonly heartbeatMilliseconds: number;
  /** A holder whose process can't be looked up is taken for dead when its heart was watched for so long and did not beat. */
  readonly silentMilliseconds: number;
  /** The same for a process that ran on a host of this name before it was started again. */
  readonly rebootedMilliseconds: number;
  /** How often somebody who waits looks. */
  readonly pollMilliseconds: number;
}

/** Long silences, because a synchronous function of an author may hold its thread for minutes. */
export const leaseTimings: LeaseTimings = {
  heartbeatMilliseconds: 10_000,
  silentMilliseconds: 300_000,
  rebootedMilliseconds: 30_000,
  pollMilliseconds: 1_000,
};

/** Who keeps others from a lease. */
export interface LeaseHolder {
  readonly process: ProcessIdentity;
  /** ISO 8601, by the holder's clock. */
  readonly startedAt: string | undefined;
  readonly about: LeaseSubject;
}

export interface LeaseOptions {
  /** What the lease is to be held for; asked before each attempt to take it. */
  readonly about: () => Promise<LeaseSubject>;
  /** Called when somebody else holds the lease, once for each holder. */
  readonly onWaiting?: ((holder: LeaseHolder) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timings?: Partial<LeaseTimings> | undefined;
  /** These three are the machine's own; tests put others in their place. */
  readonly clock?: Clock | undefined;
  readonly process?: ProcessIdentity | undefined;
  readonly lifeOf?: ((process: ProcessIdentity) => Life) | undefined;
}

/** Options with all that was left out. */
export interface LeaseSetting {
  readonly timings: LeaseTimings;
  readonly clock: Clock;
  readonly process: ProcessIdentity;
  readonly lifeOf: (process: ProcessIdentity) => Life;
}

export function leaseSetting(options: Omit<LeaseOptions, 'about'>): LeaseSetting {
  return {
    timings: { ...leaseTimings, ...options.timings },
    clock: options.clock ?? systemClock,
    process: options.process ?? currentProcess(),
    lifeOf: options.lifeOf ?? lifeOf,
  };
}

import type { status } from '@grpc/grpc-js';
import type { FakeOperation } from './call-log.js';

/** What goes wrong with one operation, as often as it says; then the next fault of the operation, or none. */
export type Fault = RestFault | ReadFault;

export interface RestFault {
  readonly on: Exclude<FakeOperation, ReadFault['on']>;
  /** `connection lost`: no reply comes. */
  readonly reply: RestError | 'connection lost';
  /** The request is carried out, and only its reply is replaced. */
  readonly isApplied?: boolean;
  /** How often; once by default. */
  readonly times?: number;
  /** How many requests go well before. */
  readonly after?: number;
}

export interface ReadFault {
  readonly on: 'CreateReadSession' | 'ReadRows';
  readonly code: status;
  readonly message?: string;
  /**
   * ReadRows only: how many rows of its stream come before the error. Google's client may drop some of them, and asks again by itself where it has dropped all: a test whose stream is to fail for good lets it
   * fail often.
   */
  readonly afterRows?: number;
  readonly times?: number;
  readonly after?: number;
}

/** An error as Google writes one: https://cloud.google.com/bigquery/docs/error-messages. */
export interface RestError {
  readonly status: number;
  readonly reason: string;
  readonly message?: string;
}

export const accessDenied: RestError = {
  status: 403,
  reason: 'accessDenied',
  message:
    'Access Denied: Table project:dataset.table: User does not have permission to query table, or perhaps it does not exist.',
};
export const rateLimitExceeded: RestError = {
  status: 403,
  reason: 'rateLimitExceeded',
  message: 'Exceeded rate limits: too many api requests per user per method for this user_method.',
};
export const quotaExceeded: RestError = {
  status: 403,
  reason: 'quotaExceeded',
  message: 'Quota exceeded: Your project exceeded quota for free query bytes scanned.',
};
export const tooManyRequests: RestError = { status: 429, reason: 'rateLimitExceeded', message: 'Too many requests.' };
export const unavailable: RestError = { status: 503, reason: 'backendError', message: 'Error encountered. Try again.' };
export const notFound: RestError = {
  status: 404,
  reason: 'notFound',
  message: 'Not found: Table project:dataset.table was not found in location US',
};

/** Deals out the faults of a script. */
export class FaultScript {
  readonly #left: { readonly fault: Fault; after: number; times: number }[] = [];

  constructor(faults: readonly Fault[]) {
    for (const fault of faults) this.#left.push({ fault, after: fault.after ?? 0, times: fault.times ?? 1 });
  }

  /** From now on all goes well. */
  clear(): void {
    this.#left.length = 0;
  }

  nextRest(operation: FakeOperation): RestFault | undefined {
    const fault = this.#next(operation);
    return fault !== undefined && 'reply' in fault ? fault : undefined;
  }

  nextRead(operation: ReadFault['on']): ReadFault | undefined {
    const fault = this.#next(operation);
    return fault !== undefined && 'code' in fault ? fault : undefined;
  }

  #next(operation: FakeOperation): Fault | undefined {
    const entry = this.#left.find(({ fault, times }) => fault.on === operation && times > 0);
    if (entry === undefined) return undefined;
    if (entry.after > 0) {
      entry.after--;
      return undefined;
    }
    entry.times--;
    return entry.fault;
  }
}

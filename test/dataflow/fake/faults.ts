export type Method = 'jobs.create' | 'jobs.get' | 'jobs.list' | 'jobs.update' | 'messages.list' | 'jobs.getMetrics';

/** What goes wrong with a request. */
export type Failure =
  /** A refusal, with the message that Google gives for it. */
  | { readonly status: number; readonly message: string }
  /** The connection breaks before the request has done anything. */
  | 'broken'
  /** The request has done its work, and the connection breaks before the reply. */
  | 'lost reply'
  /** An answer that is no JSON, of a proxy in between. */
  | 'no json';

export interface Fault {
  readonly on: Method;
  /** How many requests in a row. Default: one. */
  readonly times?: number;
  readonly reply: Failure;
}

export const unavailable: Failure = { status: 503, message: 'The service is currently unavailable.' };
export const tooMany: Failure = { status: 429, message: "Quota exceeded for quota metric 'Create requests'." };
export const denied: Failure = {
  status: 403,
  message:
    '(4f1c): Could not create workflow; user does not have write access to project: ours Causes: (4f1c): Permission dataflow.jobs.create denied.',
};

/** Faults in the order in which they are to come, each for one method. */
export class Faults {
  readonly #left: { on: Method; times: number; reply: Failure }[];

  constructor(faults: readonly Fault[]) {
    this.#left = faults.map(({ on, times = 1, reply }) => ({ on, times, reply }));
  }

  next(method: Method): Failure | undefined {
    const fault = this.#left.find(({ on, times }) => on === method && times > 0);
    if (fault === undefined) return undefined;
    fault.times--;
    return fault.reply;
  }
}

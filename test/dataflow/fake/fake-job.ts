import { randomUUID } from 'node:crypto';
import { enumNumber } from './messages.js';

export type StateName = 'UNKNOWN' | 'QUEUED' | 'PENDING' | 'RUNNING' | 'CANCELLING' | 'CANCELLED' | 'DONE' | 'FAILED';
export type ImportanceName = 'DEBUG' | 'DETAILED' | 'BASIC' | 'WARNING' | 'ERROR';

/** The parts of a `Job` that the fake itself reads. */
export interface JobRequest {
  readonly name: string;
  readonly projectId: string;
  readonly clientRequestId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly environment: {
    readonly experiments: readonly string[];
    readonly version: { readonly job_type: string; readonly major: string };
    readonly sdkPipelineOptions: {
      readonly options: { readonly pipelineUrl: string; readonly pipelineProtoHash: string };
    };
    readonly workerPools: readonly {
      readonly kind: string;
      readonly workerHarnessContainerImage: string;
      readonly sdkHarnessContainerImages: readonly {
        readonly environmentId: string;
        readonly containerImage: string;
      }[];
    }[];
  };
}

const over: readonly StateName[] = ['CANCELLED', 'DONE', 'FAILED'];

interface Metric {
  readonly step: string;
  readonly namespace: string;
  readonly name: string;
  readonly tentative: boolean;
  readonly amount: number;
}

/** One job of the fake service, and what the service says of it. */
export class FakeJob {
  readonly id = `2026-11-21_00_00_00-${randomUUID().slice(0, 8)}`;
  readonly request: JobRequest;
  readonly location: string;
  /** Resolves when the job is over. */
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  readonly #cancelled = new AbortController();
  readonly #messages: { readonly time: Date; readonly importance: ImportanceName; readonly text: string }[] = [];
  readonly #metrics = new Map<string, Metric>();
  #state: StateName = 'UNKNOWN';

  constructor(request: JobRequest, location: string) {
    this.request = request;
    this.location = location;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get state(): StateName {
    return this.#state;
  }

  get isOver(): boolean {
    return over.includes(this.#state);
  }

  /** Aborted when somebody has asked for the end of the job. */
  get cancelled(): AbortSignal {
    return this.#cancelled.signal;
  }

  /** A job that is over stays so. */
  become(state: StateName): void {
    if (this.isOver) return;
    this.#state = state;
    if (this.isOver) this.#end();
  }

  say(importance: ImportanceName, text: string, time = new Date()): void {
    this.#messages.push({ time, importance, text });
  }

  /** @param step id of a transform of the pipeline. */
  count(step: string, namespace: string, name: string, amount: number, tentative = false): void {
    this.#metrics.set(`${step} ${namespace} ${name} ${tentative}`, { step, namespace, name, tentative, amount });
  }

  cancel(): void {
    this.become('CANCELLING');
    this.#cancelled.abort();
  }

  /** As JSON with numbers for enums. */
  resource(view: 'summary' | 'all'): object {
    const { environment, clientRequestId, ...request } = this.request;
    return {
      ...request,
      ...(view === 'all' && { environment, clientRequestId }),
      id: this.id,
      location: this.location,
      currentState: enumNumber('JobState', `JOB_STATE_${this.#state}`),
      createTime: '2026-11-21T00:00:00Z',
    };
  }

  messages(minimum: ImportanceName, since: Date): readonly object[] {
    const ranks: readonly ImportanceName[] = ['DEBUG', 'DETAILED', 'BASIC', 'WARNING', 'ERROR'];
    return this.#messages
      .filter(({ importance, time }) => ranks.indexOf(importance) >= ranks.indexOf(minimum) && time >= since)
      .map(({ time, importance, text }, index) => ({
        id: `${index}`,
        time: time.toISOString(),
        messageText: text,
        messageImportance: enumNumber('JobMessageImportance', `JOB_MESSAGE_${importance}`),
      }));
  }

  metrics(): readonly object[] {
    return [...this.#metrics.values()].map(({ step, namespace, name, tentative, amount }) => ({
      name: { origin: 'user', name, context: { step, namespace, ...(tentative && { tentative: 'true' }) } },
      kind: 'Sum',
      scalar: amount,
      updateTime: new Date().toISOString(),
    }));
  }
}

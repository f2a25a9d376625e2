import assert from 'node:assert/strict';
import { isMap, type Value } from './expression.js';
import { Raised, type World } from './interpreter.js';

export type JobState = 'QUEUED' | 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'EXPIRED';

export interface FakeJob {
  readonly name: string;
  readonly displayName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly createdAt: number;
  /** When it was cancelled. */
  cancelledAt?: number;
}

const location = 'projects/our-project/locations/europe-west4';
const vertex = `https://europe-west4-aiplatform.googleapis.com/v1/`;
const executions = `https://workflowexecutions.googleapis.com/v1/${location}/workflows/ailab-datasets-rebuild/executions/`;

/** Vertex AI's custom jobs under a clock that only pauses move, strict: what the API has no field for is refused. */
export class FakeVertex implements World {
  readonly executionId = 'execution-1';
  readonly jobs: FakeJob[] = [];
  readonly cancelledExecutions: string[] = [];
  /** Answers before the service is asked, first come first served. */
  readonly faults: { readonly on: 'POST' | 'GET'; readonly code: number }[] = [];
  /** What becomes of a job, by its name, so many seconds after it was made. */
  readonly #becomes: (displayName: string, seconds: number) => JobState;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  #now = 1_000_000;

  constructor(becomes: (displayName: string, seconds: number) => JobState) {
    this.#becomes = becomes;
  }

  now(): number {
    return this.#now;
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + seconds, wake });
      // When nobody does anything any more, the time comes at which the first one goes on.
      setImmediate(() => {
        const first = this.#sleepers.sort((a, b) => a.at - b.at).shift();
        this.#now = Math.max(this.#now, first?.at ?? 0);
        first?.wake();
      });
    });
  }

  async request(method: 'GET' | 'POST', { url, auth, body, query }: { readonly [key: string]: Value }): Promise<Value> {
    assert.deepEqual(auth, { type: 'OAuth2' });
    const fault = this.faults[0];
    if (fault?.on === method) {
      this.faults.shift();
      throw new Raised({ code: fault.code, message: 'try again' });
    }
    const cancelled = String(url).startsWith(executions) ? String(url).slice(executions.length) : undefined;
    if (method === 'POST' && cancelled?.endsWith(':cancel')) {
      this.cancelledExecutions.push(cancelled.slice(0, -':cancel'.length));
      return { code: 200, body: {} };
    }
    assert.ok(String(url).startsWith(vertex), `nobody answers at ${String(url)}`);
    const path = String(url).slice(vertex.length);
    const all = `${location}/customJobs`;
    if (method === 'POST' && path === all) return { code: 200, body: this.#create(body ?? null) };
    if (method === 'GET' && path === all) return { code: 200, body: this.#list(query ?? null) };
    const [name, verb] = path.split(':');
    const job = this.jobs.find((each) => each.name === name) ?? assert.fail(`no job ${path}`);
    if (method === 'GET' && verb === undefined) return { code: 200, body: this.#shown(job) };
    assert.deepEqual([method, verb], ['POST', 'cancel']);
    if (this.stateOf(job) !== 'RUNNING') throw new Raised({ code: 400, message: 'it does not run' });
    job.cancelledAt = this.#now;
    return { code: 200, body: {} };
  }

  stateOf(job: FakeJob): JobState {
    return job.cancelledAt === undefined ? this.#becomes(job.displayName, this.#now - job.createdAt) : 'CANCELLED';
  }

  #create(body: Value): Value {
    const { displayName, labels, jobSpec } = fields(body, ['displayName', 'labels', 'jobSpec']);
    const { workerPoolSpecs, scheduling, serviceAccount } = fields(jobSpec, [
      'workerPoolSpecs',
      'scheduling',
      'serviceAccount',
    ]);
    const { timeout } = fields(scheduling, ['timeout', 'restartJobOnWorkerRestart']);
    assert.match(String(timeout), /^\d+s$/);
    assert.match(String(serviceAccount), /@our-project\.iam\.gserviceaccount\.com$/);
    assert.ok(Array.isArray(workerPoolSpecs) && workerPoolSpecs.length === 1);
    const pool = fields(workerPoolSpecs[0], ['machineSpec', 'replicaCount', 'diskSpec', 'containerSpec']);
    assert.match(String(fields(pool['machineSpec'], ['machineType'])['machineType']), /^n2-(?:standard|highmem)-\d+$/);
    assert.equal(typeof fields(pool['diskSpec'], ['bootDiskType', 'bootDiskSizeGb'])['bootDiskSizeGb'], 'number');
    const { command, args } = fields(pool['containerSpec'], ['imageUri', 'command', 'args']);
    assert.deepEqual(command, ['ailab-datasets']);
    const job: FakeJob = {
      name: `${location}/customJobs/${this.jobs.length + 1}`,
      displayName: String(displayName),
      labels: fields(labels, ['ailab-datasets', 'execution']) as Readonly<Record<string, string>>,
      args: args as readonly string[],
      createdAt: this.#now,
    };
    this.jobs.push(job);
    return this.#shown(job);
  }

  #list(query: Value): Value {
    const wanted = /^labels\.execution=(.+)$/.exec(String(fields(query, ['filter'])['filter']))?.[1];
    const found = this.jobs.filter(({ labels }) => labels['execution'] === wanted);
    // An empty list is left out, as by all of Google's APIs.
    return found.length === 0 ? {} : { customJobs: found.map((job) => this.#shown(job)) };
  }

  #shown(job: FakeJob): Value {
    return { name: job.name, state: `JOB_STATE_${this.stateOf(job)}` };
  }
}

function fields(value: Value | undefined, names: readonly string[]): { readonly [key: string]: Value } {
  assert.ok(isMap(value));
  assert.deepEqual(Object.keys(value).sort(), [...names].sort());
  return value;
}

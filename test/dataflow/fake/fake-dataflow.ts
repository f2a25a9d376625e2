import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from './api-error.js';
import type { FakeJob } from './fake-job.js';
import { type Fault, Faults, type Method } from './faults.js';
import { JobStore } from './job-store.js';
import { type Request, readRequest } from './requests.js';
import { doneAtOnce, type Service } from './service.js';

export interface FakeOptions {
  /** Default: the job begins and is done. */
  readonly service?: Service;
  readonly faults?: readonly Fault[];
  /** What the real service does of two active jobs of a name: its proto says that it gives the first one, Go's SDK expects a 409. Default: the first one. */
  readonly duplicates?: 'first one' | '409';
}

/** The REST API of Dataflow, as far as submitters use it; strict: what the real one would refuse or drop is refused, and fails the test that asked. */
export interface FakeDataflow {
  /** `127.0.0.1:port`; in DATAFLOW_EMULATOR_HOST until it is stopped. */
  readonly endpoint: string;
  readonly jobs: readonly FakeJob[];
  /** Tells of each `request`. */
  readonly requests: EventEmitter;
  /** Aborted by `stop`: ends services that wait for something else. */
  readonly stopped: AbortSignal;
  /** Requests that came, in their order. */
  callsOf(method: Method): readonly Request[];
  /** Forgets a job, as if somebody had deleted it. */
  forget(job: FakeJob): void;
  /** @throws Error where a client asked what the API doesn't have. */
  stop(): Promise<void>;
}

export async function startFakeDataflow(options: FakeOptions = {}): Promise<FakeDataflow> {
  const { service = doneAtOnce, duplicates = 'first one' } = options;
  const faults = new Faults(options.faults ?? []);
  const store = new JobStore(service, duplicates);
  const calls: Request[] = [];
  const requests = new EventEmitter();
  const stopping = new AbortController();
  const violations: string[] = [];

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const request = await readRequest(incoming);
      calls.push(request);
      requests.emit('request');
      const fault = faults.next(request.method);
      if (fault === 'broken') response.destroy();
      else if (fault === 'no json')
        response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
      else if (fault !== undefined && fault !== 'lost reply') throw new ApiError(fault.status, fault.message);
      else {
        const body = await store.handle(request);
        if (fault === 'lost reply') response.destroy();
        else answer(200, body);
      }
    } catch (error) {
      const known = error instanceof ApiError;
      if (!known || (error.status === 400 && !error.message.includes('terminal'))) violations.push(String(error));
      answer(known ? error.status : 500, known ? error.body : { error: { code: 500, message: String(error) } });
    }
  };

  const server = createServer((incoming, response) => void handle(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['DATAFLOW_EMULATOR_HOST'] = endpoint;
  return {
    endpoint,
    jobs: store.jobs,
    requests,
    stopped: stopping.signal,
    callsOf: (method) => calls.filter((call) => call.method === method),
    forget: (job) => store.forget(job),
    stop: async () => {
      delete process.env['DATAFLOW_EMULATOR_HOST'];
      stopping.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
      if (violations.length > 0) throw new Error(`Dataflow was asked what it would refuse:\n${violations.join('\n')}`);
    },
  };
}

import { CallLog, type FakeCall, type FakeOperation } from './call-log.js';
import { type Fault, FaultScript } from './faults.js';
import { JobStore, type PaidJob } from './jobs.js';
import type { FakeQuery } from './queries.js';
import { startReadApi } from './read-api.js';
import { startRestApi } from './rest-api.js';
import { type FakeTable, TableStore } from './tables.js';

export interface FakeSettings {
  /** Answers to queries; the first that matches is taken. */
  readonly queries?: readonly FakeQuery[];
  /** Tables by `dataset.table`; their datasets are made. */
  readonly tables?: Readonly<Record<string, FakeTable>>;
  /** Names of empty datasets. */
  readonly datasets?: readonly string[];
  readonly faults?: readonly Fault[];
  /** Called with every request before it is answered. */
  readonly onCall?: (call: FakeCall) => void;
  readonly project?: string;
  /** Where all datasets and jobs are. Default: US. */
  readonly location?: string;
  /** Of one page of the REST API. Default: 100. */
  readonly rowsPerPage?: number;
  /** Of one message of the Read API. Default: 100. */
  readonly rowsPerBatch?: number;
  /** The most that a read session is given. Default: 2. */
  readonly streams?: number;
}

export interface FakeBigQuery {
  readonly project: string;
  /** Base URL of the REST API; also in BIGQUERY_EMULATOR_HOST until it is stopped. */
  readonly url: string;
  /** `host:port` of the Read API; also in BIGQUERY_READ_EMULATOR_HOST until it is stopped. */
  readonly readHost: string;
  /** All requests, oldest first. */
  readonly calls: readonly FakeCall[];
  callsOf(operation: FakeOperation): readonly FakeCall[];
  /** Jobs that have cost something, in the order in which they were done. */
  readonly paid: readonly PaidJob[];
  /** From now on nothing goes wrong. */
  clearFaults(): void;
  /** Removes a table, as its expiration does. @param name `dataset.table` */
  expire(name: string): void;
  /** Names of the tables that there are, `dataset.table`. */
  tableNames(): readonly string[];
  /** @throws Error when it was asked something that no correct client asks. */
  stop(): Promise<void>;
}

const environmentNames = ['BIGQUERY_EMULATOR_HOST', 'BIGQUERY_READ_EMULATOR_HOST'] as const;

/** A strict stand-in for BigQuery, REST and Storage Read API, for what the emulator can't show: costs, caps, refusals, lost replies, streams that break. It runs no SQL. */
export async function startFakeBigQuery(settings: FakeSettings = {}): Promise<FakeBigQuery> {
  const {
    project = 'test',
    location = 'US',
    queries = [],
    rowsPerPage = 100,
    rowsPerBatch = 100,
    streams = 2,
  } = settings;
  const log = new CallLog(settings.onCall);
  const faults = new FaultScript(settings.faults ?? []);
  const tables = new TableStore(location);
  const reference = (name: string) => {
    const [datasetId = '', tableId = ''] = name.split('.');
    return { projectId: project, datasetId, tableId };
  };
  const ofTables = Object.keys(settings.tables ?? {}).map((name) => reference(name).datasetId);
  for (const name of new Set([...ofTables, ...(settings.datasets ?? [])])) tables.addDataset(`${project}:${name}`, {});
  for (const [name, table] of Object.entries(settings.tables ?? {})) tables.put(reference(name), table);
  const jobs = new JobStore(tables, queries, location);
  const rest = await startRestApi({ tables, jobs, faults, log, rowsPerPage });
  const read = await startReadApi({ tables, faults, log, rowsPerBatch, streams });
  const before = environmentNames.map((name) => [name, process.env[name]] as const);
  process.env['BIGQUERY_EMULATOR_HOST'] = rest.url;
  process.env['BIGQUERY_READ_EMULATOR_HOST'] = read.host;
  return {
    project,
    url: rest.url,
    readHost: read.host,
    calls: log.calls,
    callsOf: (operation) => log.of(operation),
    paid: jobs.paid,
    clearFaults: () => faults.clear(),
    expire: (name) => tables.delete(reference(name)),
    tableNames: () => tables.names(),
    stop: async () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      read.stop();
      await rest.close();
      if (log.violations.length > 0) throw new Error(`BigQuery was asked wrongly:\n${log.violations.join('\n')}`);
    },
  };
}

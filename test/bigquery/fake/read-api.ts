import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { ApiError } from './api-error.js';
import { arrowMessages } from './arrow-columns.js';
import type { CallLog } from './call-log.js';
import type { FaultScript, ReadFault } from './faults.js';
import type { FakeField, FakeRow } from './fields.js';
import type { TableStore } from './tables.js';

interface SessionRequest {
  readonly parent: string;
  readonly maxStreamCount: number;
  readonly readSession: {
    readonly table: string;
    readonly dataFormat: string;
    readonly tableModifiers: { readonly snapshotTime: unknown } | null;
    readonly readOptions: {
      readonly selectedFields: readonly string[];
      readonly rowRestriction: string;
      readonly arrowSerializationOptions?: { readonly bufferCompression: string } | null;
    } | null;
  };
}

interface RowsRequest {
  readonly readStream: string;
  readonly offset: string;
}

interface Stream {
  readonly fields: readonly FakeField[];
  readonly rows: readonly FakeRow[];
}

export interface ReadApiSettings {
  readonly tables: TableStore;
  readonly faults: FaultScript;
  readonly log: CallLog;
  /** Of one message. */
  readonly rowsPerBatch: number;
  /** The most that a session is given, whatever it asks for. */
  readonly streams: number;
}

export interface ReadApi {
  /** `host:port`, plain text. */
  readonly host: string;
  stop(): void;
}

const protos = createRequire(import.meta.url)('@google-cloud/bigquery-storage/build/protos/protos.json');

/** BigQueryRead of https://cloud.google.com/bigquery/docs/reference/storage/rpc/google.cloud.bigquery.storage.v1, in Arrow. */
export async function startReadApi(settings: ReadApiSettings): Promise<ReadApi> {
  const definitions = fromJSON(protos, { longs: String, enums: String, defaults: true, oneofs: true });
  const service = definitions['google.cloud.bigquery.storage.v1.BigQueryRead'] as ServiceDefinition;
  const sessions = new ReadSessions(settings);
  const server = new Server();
  server.addService(service, {
    createReadSession: (call: ServerUnaryCall<SessionRequest, unknown>, answer: sendUnaryData<unknown>) => {
      try {
        answer(null, sessions.create(call.request, call.metadata));
      } catch (error) {
        answer(asStatus(error));
      }
    },
    readRows: (call: ServerWritableStream<RowsRequest, unknown>) => {
      try {
        for (const reply of sessions.read(call.request, call.metadata)) call.write(reply);
        call.end();
      } catch (error) {
        call.emit('error', asStatus(error));
      }
    },
    splitReadStream: (_call: unknown, answer: sendUnaryData<unknown>) =>
      answer({ code: status.UNIMPLEMENTED, details: 'the fake splits no streams' }),
  });
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  return { host: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** Sessions, and the streams that they have cut tables into. */
class ReadSessions {
  readonly #settings: ReadApiSettings;
  readonly #streams = new Map<string, Stream>();
  #sessions = 0;

  constructor(settings: ReadApiSettings) {
    this.#settings = settings;
  }

  create(request: SessionRequest, metadata: Metadata): object {
    const { readSession, parent, maxStreamCount } = request;
    const { log, faults, rowsPerBatch } = this.#settings;
    log.add({ operation: 'CreateReadSession', id: readSession.table, parameters: {}, body: request });
    this.#fail(faults.nextRead('CreateReadSession'));
    this.#requireRouting(metadata, 'read_session.table');
    const match = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(readSession.table);
    if (match === null) throw this.#invalid(`no name of a table: ${readSession.table}`);
    if (!/^projects\/[^/]+$/.test(parent)) throw this.#invalid(`no name of a project: ${parent}`);
    if (readSession.dataFormat !== 'ARROW') throw this.#invalid(`the fake writes Arrow, not ${readSession.dataFormat}`);
    const { selectedFields = [], rowRestriction = '', arrowSerializationOptions } = readSession.readOptions ?? {};
    if (rowRestriction !== '') throw this.#invalid('the fake restricts no rows');
    const compression = arrowSerializationOptions?.bufferCompression ?? 'COMPRESSION_UNSPECIFIED';
    if (compression !== 'COMPRESSION_UNSPECIFIED') throw this.#invalid('the fake compresses nothing');
    const [, projectId = '', datasetId = '', tableId = ''] = match;
    const table = this.#settings.tables.get({ projectId, datasetId, tableId });
    const unknown = selectedFields.find((name) => !table.fields.some((field) => field.name === name));
    if (unknown !== undefined) throw this.#invalid(`the table has no field ${unknown}`);
    // In the order of the table, whatever the request's is.
    const fields = table.fields.filter(({ name }) => selectedFields.length === 0 || selectedFields.includes(name));
    const name = `${parent}/locations/us/sessions/s${++this.#sessions}`;
    const wanted = maxStreamCount === 0 ? this.#settings.streams : maxStreamCount;
    // An empty table has no streams.
    const count = Math.min(wanted, this.#settings.streams, Math.ceil(table.rows.length / rowsPerBatch));
    const streams = Array.from({ length: count }, (_, index) => {
      const cut = (part: number) => Math.round((table.rows.length * part) / count);
      const stream = `${name}/streams/${index}`;
      this.#streams.set(stream, { fields, rows: table.rows.slice(cut(index), cut(index + 1)) });
      return { name: stream };
    });
    return {
      ...{ name, streams, table: readSession.table, dataFormat: 'ARROW' },
      expireTime: { seconds: String(Math.floor(Date.now() / 1000) + 6 * 3600), nanos: 0 },
      arrowSchema: { serializedSchema: arrowMessages(fields, []).schema },
      estimatedRowCount: String(table.rows.length),
    };
  }

  *read(request: RowsRequest, metadata: Metadata): Generator<object, void, undefined> {
    const { log, faults, rowsPerBatch } = this.#settings;
    log.add({ operation: 'ReadRows', id: request.readStream, parameters: {}, body: request });
    const fault = faults.nextRead('ReadRows');
    if (fault?.afterRows === undefined) this.#fail(fault);
    this.#requireRouting(metadata, 'read_stream');
    const stream = this.#streams.get(request.readStream);
    if (stream === undefined) throw new ReadError(status.NOT_FOUND, `no stream ${request.readStream}`);
    const offset = Number(request.offset);
    if (offset < 0) throw this.#invalid(`a negative offset: ${offset}`);
    if (offset > stream.rows.length) {
      log.violations.push(`ReadRows: offset ${offset} of a stream of ${stream.rows.length} rows`);
      throw new ReadError(status.OUT_OF_RANGE, 'the offset is beyond the end of the stream');
    }
    const end = Math.min(stream.rows.length, offset + (fault?.afterRows ?? Number.POSITIVE_INFINITY));
    for (let start = offset; start < end; start += rowsPerBatch) {
      const rows = stream.rows.slice(start, Math.min(start + rowsPerBatch, end));
      const { schema, batch } = arrowMessages(stream.fields, rows);
      yield {
        arrowRecordBatch: { serializedRecordBatch: batch, rowCount: String(rows.length) },
        rowCount: String(rows.length),
        // The first reply alone has it.
        ...(start === offset ? { arrowSchema: { serializedSchema: schema } } : {}),
      };
    }
    this.#fail(fault);
  }

  #fail(fault: ReadFault | undefined): void {
    if (fault !== undefined) throw new ReadError(fault.code, fault.message ?? `${status[fault.code]} by the script`);
  }

  /** Without it Google does not know where to send a request. */
  #requireRouting(metadata: Metadata, name: string): void {
    const header = String(metadata.get('x-goog-request-params')[0] ?? '');
    if (!new URLSearchParams(header).has(name)) throw this.#invalid(`x-goog-request-params lacks ${name}`);
  }

  #invalid(message: string): ReadError {
    this.#settings.log.violations.push(`Read API: ${message}`);
    return new ReadError(status.INVALID_ARGUMENT, message);
  }
}

function asStatus(error: unknown): { readonly code: status; readonly details: string } {
  if (error instanceof ReadError) return { code: error.code, details: error.message };
  if (error instanceof ApiError) return { code: status.NOT_FOUND, details: error.message };
  return { code: status.INTERNAL, details: String(error) };
}

import { create } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import type { Client, ClientDuplexStream } from '@grpc/grpc-js';
import {
  BeamFnLogging,
  type LogControl,
  type LogEntry,
  type LogEntry_List,
  LogEntry_ListSchema,
  LogEntrySchema,
  LogEntry_Severity_Enum as Severity,
} from '../protos/fn_execution/v1/beam_fn_api_pb.js';
import { bidirectional, connect, workerMetadata } from '../rpc/channel.js';
import type { LogSeverity } from './do-fn.js';
import { streamEnder } from './end-stream.js';

/** More wait only where the runner doesn't take them; then they are dropped, and counted. */
const waitingEntries = 10_000;

const severities: Readonly<Record<LogSeverity, Severity>> = {
  debug: Severity.DEBUG,
  info: Severity.INFO,
  warning: Severity.WARN,
  error: Severity.ERROR,
};

/** Where in the pipeline a message comes from. */
export interface LogOrigin {
  readonly bundleId?: string;
  readonly transformId?: string;
}

/** Messages to the runner's log, in Beam's entries. Without a runner that takes them they go to standard error. */
export class LogStream {
  readonly #client: Client | undefined;
  readonly #call: ClientDuplexStream<LogEntry_List, LogControl> | undefined;
  #endCall: () => Promise<void> = async () => undefined;
  #waiting: LogEntry[] = [];
  #dropped = 0;
  #sending = false;
  #lost = false;

  /** @param url undefined where the runner has no logging service */
  constructor(url: string | undefined, workerId: string) {
    if (url === undefined) return;
    this.#client = connect(url);
    this.#call = bidirectional(this.#client, BeamFnLogging.method.logging, workerMetadata(workerId));
    this.#endCall = streamEnder(this.#call);
    // Nothing that a runner says here is of use. The stream ends when it does.
    this.#call.on('data', () => undefined);
    const lose = (): void => {
      this.#lost = true;
    };
    this.#call.on('error', lose);
    this.#call.on('end', lose);
  }

  log(severity: LogSeverity, message: string, { bundleId = '', transformId = '' }: LogOrigin = {}): void {
    if (this.#call === undefined || this.#lost) {
      process.stderr.write(`${severity}: ${message}\n`);
      return;
    }
    if (this.#waiting.length >= waitingEntries) {
      this.#dropped++;
      return;
    }
    const place = { instructionId: bundleId, transformId, logLocation: 'ailab-datasets', thread: 'main' };
    const entry = { severity: severities[severity], timestamp: timestampNow(), message, ...place };
    this.#waiting.push(create(LogEntrySchema, entry));
    this.#send();
  }

  /** Ends the stream when all is sent. */
  async end(): Promise<void> {
    this.#sending = false;
    this.#send();
    await this.#endCall();
    this.#client?.close();
  }

  /** One list is under way at a time; what is logged meanwhile makes the next. */
  #send(): void {
    if (this.#sending || this.#waiting.length === 0) return;
    this.#sending = true;
    const logEntries = this.#waiting;
    this.#waiting = [];
    if (this.#dropped > 0) {
      const message = `${this.#dropped} messages before this one were dropped: the runner did not take them`;
      logEntries.push(create(LogEntrySchema, { severity: Severity.WARN, timestamp: timestampNow(), message }));
      this.#dropped = 0;
    }
    this.#call?.write(create(LogEntry_ListSchema, { logEntries }), () => {
      this.#sending = false;
      this.#send();
    });
  }
}

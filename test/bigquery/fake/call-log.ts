/** What clients ask for. A dry run has a name of its own: it costs nothing. */
export type FakeOperation =
  | 'jobs.insert'
  | 'jobs.insert dry run'
  | 'jobs.get'
  | 'jobs.cancel'
  | 'jobs.getQueryResults'
  | 'datasets.get'
  | 'datasets.insert'
  | 'tables.get'
  | 'tables.insert'
  | 'tables.patch'
  | 'tables.delete'
  | 'tabledata.list'
  | 'CreateReadSession'
  | 'ReadRows';

/** One request. */
export interface FakeCall {
  readonly operation: FakeOperation;
  /** The job's, dataset's, table's or stream's. */
  readonly id: string;
  /** The query of the URL. */
  readonly parameters: Readonly<Record<string, string>>;
  /** As it came in, parsed. */
  readonly body: unknown;
}

export class CallLog {
  readonly #onCall: ((call: FakeCall) => void) | undefined;
  readonly calls: FakeCall[] = [];
  /** What no correct client asks. */
  readonly violations: string[] = [];

  constructor(onCall?: (call: FakeCall) => void) {
    this.#onCall = onCall;
  }

  add(call: FakeCall): void {
    this.calls.push(call);
    this.#onCall?.(call);
  }

  of(operation: FakeOperation): readonly FakeCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }
}

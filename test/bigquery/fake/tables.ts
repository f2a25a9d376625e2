import { ApiError } from './api-error.js';
import type { FakeField, FakeRow } from './fields.js';

/** What a table holds. */
export interface FakeTable {
  readonly fields: readonly FakeField[];
  readonly rows: readonly FakeRow[];
  /** How large it says that it is. Default: 8 bytes a row. */
  readonly bytes?: number;
}

export interface TableReference {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
}

interface StoredTable extends FakeTable {
  readonly reference: TableReference;
  readonly created: number;
  readonly modified: number;
  expirationTime?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  description?: string | undefined;
}

interface StoredDataset {
  readonly location: string;
  readonly defaultTableExpirationMs?: string;
}

/** Datasets and tables of all projects. */
export class TableStore {
  readonly #datasets = new Map<string, StoredDataset>();
  readonly #tables = new Map<string, StoredTable>();
  readonly #defaultLocation: string;

  constructor(defaultLocation: string) {
    this.#defaultLocation = defaultLocation;
  }

  addDataset(name: string, { location = this.#defaultLocation, defaultTableExpirationMs }: Partial<StoredDataset>) {
    if (this.#datasets.has(name)) throw new ApiError(409, 'duplicate', `Already Exists: Dataset ${name}`);
    this.#datasets.set(name, { location, ...(defaultTableExpirationMs ? { defaultTableExpirationMs } : {}) });
    return this.describeDataset(name);
  }

  /** @param name `project:dataset` */
  describeDataset(name: string): object {
    const { location, defaultTableExpirationMs } = this.#dataset(name);
    const [projectId, datasetId] = name.split(':');
    return {
      kind: 'bigquery#dataset',
      id: name,
      datasetReference: { projectId, datasetId },
      location,
      ...(defaultTableExpirationMs === undefined ? {} : { defaultTableExpirationMs }),
    };
  }

  put(reference: TableReference, table: FakeTable, settings: { readonly expirationTime?: string } = {}): void {
    const { defaultTableExpirationMs } = this.#dataset(`${reference.projectId}:${reference.datasetId}`);
    const now = Date.now();
    const { expirationTime = defaultTableExpirationMs && String(now + Number(defaultTableExpirationMs)) } = settings;
    this.#tables.set(tableName(reference), { ...table, reference, created: now, modified: now, expirationTime });
  }

  hasDataset({ projectId, datasetId }: TableReference): boolean {
    return this.#datasets.has(`${projectId}:${datasetId}`);
  }

  has(reference: TableReference): boolean {
    return this.#find(reference) !== undefined;
  }

  get(reference: TableReference): StoredTable {
    // A wildcard stands for tables in a query, and nowhere else.
    if (!/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}$]+$/u.test(reference.tableId)) {
      throw new ApiError(400, 'invalid', `Invalid table ID "${reference.tableId}".`);
    }
    this.#dataset(`${reference.projectId}:${reference.datasetId}`);
    const table = this.#find(reference);
    if (table === undefined) throw new ApiError(404, 'notFound', `Not found: Table ${tableName(reference)}`);
    return table;
  }

  patch(reference: TableReference, changes: Partial<Pick<StoredTable, 'expirationTime' | 'labels' | 'description'>>) {
    Object.assign(this.get(reference), changes);
  }

  delete(reference: TableReference): void {
    this.get(reference);
    this.#tables.delete(tableName(reference));
  }

  /** As tables.get says it. */
  describe(reference: TableReference): object {
    const { fields, rows, bytes, created, modified, expirationTime, labels, description } = this.get(reference);
    const { location } = this.#dataset(`${reference.projectId}:${reference.datasetId}`);
    return {
      kind: 'bigquery#table',
      etag: `"${modified}"`,
      id: tableName(reference),
      tableReference: reference,
      schema: { fields },
      numRows: String(rows.length),
      numBytes: String(bytes ?? rows.length * 8),
      creationTime: String(created),
      lastModifiedTime: String(modified),
      type: 'TABLE',
      location,
      ...(expirationTime === undefined ? {} : { expirationTime: String(expirationTime) }),
      ...(labels === undefined ? {} : { labels }),
      ...(description === undefined ? {} : { description }),
    };
  }

  /** `dataset.table`, of those that have not expired. */
  names(): readonly string[] {
    return [...this.#tables.values()]
      .filter(({ reference }) => this.has(reference))
      .map(({ reference }) => `${reference.datasetId}.${reference.tableId}`);
  }

  #find(reference: TableReference): StoredTable | undefined {
    const table = this.#tables.get(tableName(reference));
    const isExpired = table?.expirationTime !== undefined && Number(table.expirationTime) <= Date.now();
    return isExpired ? undefined : table;
  }

  #dataset(name: string): StoredDataset {
    const dataset = this.#datasets.get(name);
    if (dataset === undefined) throw new ApiError(404, 'notFound', `Not found: Dataset ${name}`);
    return dataset;
  }
}

export function tableName({ projectId, datasetId, tableId }: TableReference): string {
  return `${projectId}:${datasetId}.${tableId}`;
}

import { createRequire } from 'node:module';
import { DatasetsError } from '../../core/errors/index.js';

/** DuckDB's C API. */
export type DuckDB = typeof import('@duckdb/node-bindings');
export type DuckDBConnection = Awaited<ReturnType<DuckDB['connect']>>;
export type DuckDBVector = ReturnType<DuckDB['data_chunk_get_vector']>;

/** DuckDB with the database of this thread. */
export interface OpenedDuckDB {
  readonly duckdb: DuckDB;
  connect(): Promise<DuckDBConnection>;
}

let opened: Promise<OpenedDuckDB | undefined> | undefined;

/**
 * The optional peer `@duckdb/node-api`, or undefined where it is not installed.
 *
 * Only the bindings beneath it are loaded: 20 ms of processor time for each worker, where the whole package takes 190. The database is empty, has one
 * thread, and stays open as long as this thread: opening one takes 15 ms. Extensions are never fetched.
 */
export function openDuckDB(): Promise<OpenedDuckDB | undefined> {
  opened ??= open();
  return opened;
}

async function open(): Promise<OpenedDuckDB | undefined> {
  const duckdb = loadDuckDB();
  if (duckdb === undefined) return undefined;
  const config = duckdb.create_config();
  duckdb.set_config(config, 'threads', '1');
  duckdb.set_config(config, 'autoinstall_known_extensions', 'false');
  duckdb.set_config(config, 'autoload_known_extensions', 'false');
  const database = await duckdb.open(':memory:', config);
  return { duckdb, connect: () => duckdb.connect(database) };
}

/** The optional peer's bindings, or undefined where it is not installed. */
export function loadDuckDB(): DuckDB | undefined {
  try {
    // The bindings are the package's own dependency: asked for from where it lies.
    return createRequire(import.meta.resolve('@duckdb/node-api'))('@duckdb/node-bindings') as DuckDB;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw new DatasetsError('PEER_MISSING', '@duckdb/node-api is installed, but cannot be loaded on this machine', {
      hint: "npm install @duckdb/node-api, or read without it: { reader: 'hyparquet' }",
      cause: error,
    });
  }
}

import { mkdirSync, rmSync } from 'node:fs';
import { DatasetsError } from '../../../core/errors/index.js';
import { storageError } from '../../../storage/index.js';
import { type DuckDB, type DuckDBConnection, loadDuckDB } from '../../parquet/duckdb.js';
import { escapeGlob, textLiteral } from '../../parquet/duckdb-text.js';

export interface Confinement {
  /** Absolute paths, the only ones that can be opened, to read or to write. */
  readonly paths: readonly string[];
  readonly memoryBytes: number;
  /** Absolute: where it spills what its memory doesn't hold. Made, emptied and removed. */
  readonly spillDirectory: string;
  readonly signal: AbortSignal | undefined;
}

/** An empty database in memory that reaches nothing but some files: no other path, no network, no extension, no setting. */
export interface ConfinedDatabase {
  readonly duckdb: DuckDB;
  readonly connection: DuckDBConnection;
}

/**
 * Opens a database, uses it and closes it.
 *
 * It has one thread: with two, sums of floats come out in several ways, and rows in any order. It counts time in UTC, whatever the machine does.
 *
 * @throws DatasetsError PEER_MISSING; STORAGE_FULL, STORAGE_FAILED
 */
export async function withDatabase<T>(
  confinement: Confinement,
  use: (database: ConfinedDatabase) => Promise<T>,
): Promise<T> {
  const duckdb = loadDuckDB();
  if (duckdb === undefined) {
    throw new DatasetsError('PEER_MISSING', 'SQL runs on DuckDB here, which is not installed', {
      hint: 'npm install @duckdb/node-api',
    });
  }
  emptyDirectory(confinement.spillDirectory);
  const config = duckdb.create_config();
  const settings = {
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: `${Math.ceil(confinement.memoryBytes / 2 ** 20)}MiB`,
    temp_directory: confinement.spillDirectory,
  };
  for (const [name, value] of Object.entries(settings)) duckdb.set_config(config, name, value);
  const opened = await duckdb.open(':memory:', config);
  try {
    const connection = await duckdb.connect(opened);
    const interrupt = () => duckdb.interrupt(connection);
    confinement.signal?.addEventListener('abort', interrupt, { once: true });
    try {
      await confine({ duckdb, connection }, confinement.paths);
      return await use({ duckdb, connection });
    } finally {
      confinement.signal?.removeEventListener('abort', interrupt);
      duckdb.disconnect_sync(connection);
    }
  } finally {
    duckdb.close_sync(opened);
    rmSync(confinement.spillDirectory, { recursive: true, force: true });
  }
}

/** No query can undo it. A path is allowed as it is and as the pattern that means it. */
async function confine({ duckdb, connection }: ConfinedDatabase, paths: readonly string[]): Promise<void> {
  const allowed = paths.flatMap((path) => [path, escapeGlob(path)]).map(textLiteral);
  await duckdb.query(connection, `SET allowed_paths = [${allowed.join(', ')}]`);
  await duckdb.query(connection, "SET TimeZone = 'UTC'");
  await duckdb.query(connection, 'SET enable_external_access = false');
  await duckdb.query(connection, 'SET lock_configuration = true');
}

function emptyDirectory(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw storageError(error, 'create', directory);
  }
}

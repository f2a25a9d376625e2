import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { flightsFile } from './inputs.js';

const flights = 3_000_000;

/** The three million flights in Parquet files of one size, with their numbers as `id`, as a peer with a process a file can use them best. Returns their folder. */
export async function writeFlights(folder: string, files = 2): Promise<string> {
  const table = join(folder, 'flights');
  mkdirSync(table);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = flights / files;
  for (let part = 0; part < files; part++) {
    const range = `file_row_number >= ${part * rows} AND file_row_number < ${(part + 1) * rows}`;
    const selected = `SELECT file_row_number AS id, * EXCLUDE (file_row_number) FROM read_parquet('${flightsFile}', file_row_number = true) WHERE ${range}`;
    await connection.run(`COPY (${selected}) TO '${join(table, `part-${part}.parquet`)}' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
  return table;
}

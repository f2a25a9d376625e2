import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WarehouseName, warehouseNames } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { missing, unreadable } from '../files/opened-file.js';
import type { SourceContext } from '../source.js';

/**
 * A query: a `.sql` file beside the builder's module, or its text. Either runs on every warehouse; where dialects differ, name a file for each. One is enough, and
 * other warehouses are refused then.
 */
export type SqlQuery = URL | string | { readonly [W in WarehouseName]?: URL };

/** A query as it is to be run. */
export interface QueryText {
  /** The file as messages and the manifest call it, or the beginning of the text. */
  readonly name: string;
  readonly text: string;
  /** sha256 of the text, lower-case hex. */
  readonly digest: string;
}

/** A query in one line, for the description of its source. */
export function queryName(query: SqlQuery): string {
  if (typeof query === 'string') return shortened(query);
  if (query instanceof URL) return fileName(query);
  return warehouseNames
    .flatMap((warehouse) => query[warehouse] ?? [])
    .map(fileName)
    .join(' | ');
}

/**
 * Reads the query for a warehouse.
 *
 * @throws DatasetsError SOURCE_NOT_FOUND; UNSUPPORTED where there is no file in the warehouse's dialect; PIPELINE_INVALID for what is no query
 */
export async function readQuery(query: SqlQuery, warehouse: WarehouseName, context: SourceContext): Promise<QueryText> {
  if (typeof query === 'string') return { name: shortened(query), text: checkText(query), digest: sha256(query) };
  const url = query instanceof URL ? query : (query[warehouse] ?? missingDialect(query, warehouse));
  if (url.protocol !== 'file:') {
    throw new DatasetsError('UNSUPPORTED', `${url.href} cannot be read: SQL is read from files of this machine`, {
      hint: 'Keep the query beside the data set: sql(new URL("./query.sql", import.meta.url)).',
      at: { file: url.href },
    });
  }
  const path = fileURLToPath(url);
  const name = relative(context.baseDirectory, path).split(sep).join('/');
  const text = await readText(path, name);
  return { name, text, digest: sha256(text) };
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw missing(name, `It was looked for at ${path}.`, error);
    }
    throw unreadable(name, error);
  }
}

/** A path would be taken for the text of a query. */
function checkText(text: string): string {
  if (!/^\S+\.sql$/.test(text.trim())) return text;
  throw new DatasetsError('PIPELINE_INVALID', `sql(${JSON.stringify(text)}) names a file where it takes a text`, {
    hint: `Write sql(new URL(${JSON.stringify(`./${text}`)}, import.meta.url)).`,
    at: { file: text },
  });
}

function missingDialect(query: Exclude<SqlQuery, URL | string>, warehouse: WarehouseName): never {
  const written = warehouseNames.filter((name) => query[name] !== undefined);
  const name = queryName(query);
  const file = name.replace(/(\.\w+)?\.sql$/, `.${warehouse}.sql`);
  throw new DatasetsError(
    'UNSUPPORTED',
    `${name} is written for ${written.join(' and ')}, and the warehouse is ${warehouse}: there is no ${file}`,
    {
      hint: `Write ${file} and name it: sql({ ${[...written, warehouse].join(': …, ')}: … }). Or build with --warehouse ${written[0] ?? warehouse}.`,
      at: { file },
    },
  );
}

function fileName(url: URL): string {
  return decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
}

const mostShown = 40;

function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= mostShown ? line : `${line.slice(0, mostShown)}…`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

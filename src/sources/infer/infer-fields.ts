import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatasetsError } from '../../core/errors/index.js';
import { arrow } from '../arrow/arrow.js';
import { csv } from '../csv/csv.js';
import type { CsvType } from '../csv/csv-types.js';
import { type FileReference, referenceName, resolveFiles, type SourceFile } from '../files/resolve-files.js';
import { stopIfInterrupted } from '../interrupted.js';
import { malformedFile } from '../malformed.js';
import { parquet } from '../parquet/parquet.js';
import type { Source, SourceContext } from '../source.js';
import { parseJson, parseJsonNumbers } from '../text/exact-json.js';
import { json } from '../text/json.js';
import { jsonlOf } from '../text/jsonl.js';
import { arrowFields } from './arrow-fields.js';
import { type DeclaredField, FieldCounter } from './field-counter.js';
import type { FieldFacts } from './field-facts.js';
import { parquetFields } from './parquet-fields.js';
import { bigintOf, WholeFloat } from './value-kind.js';

export interface InferOptions {
  /** Where relative paths start; default: the working directory. */
  readonly baseDirectory?: string;
  /** Of CSV files; default: a tab for `*.tsv`, otherwise a comma. */
  readonly delimiter?: string;
  readonly signal?: AbortSignal;
}

/**
 * The fields of files, from every row of them: CSV (`*.csv`, `*.tsv`), JSON Lines (`*.jsonl`, `*.ndjson`), JSON arrays (`*.json`), Parquet and Arrow (`*.arrow`), compressed as those sources read them.
 *
 * A type is one that all values are of: a column is int64 because every row is, not because the first ones are. What breaks it is told in `except`. Each file is read once, from beginning to end, in bounded memory.
 *
 * @param files all of one format, with the same columns
 * @returns the fields in the order in which they come
 * @throws DatasetsError SOURCE_NOT_FOUND; SOURCE_MALFORMED for files that don't hold their format, hold no rows, or have different columns; UNSUPPORTED for other formats;
 *   INTERRUPTED
 * @example
 * ```ts
 * for (const { name, type, missing } of await inferFields('reviews-*.csv')) console.log(name, type.kind, missing);
 * ```
 */
export async function inferFields(files: FileReference, options: InferOptions = {}): Promise<readonly FieldFacts[]> {
  // Members of archives are extracted to be read.
  const stagingDirectory = await mkdtemp(join(tmpdir(), 'ailab-datasets-infer-'));
  try {
    return await inferStaged(files, stagingDirectory, options);
  } finally {
    await rm(stagingDirectory, { recursive: true, force: true });
  }
}

async function inferStaged(
  files: FileReference,
  stagingDirectory: string,
  options: InferOptions,
): Promise<readonly FieldFacts[]> {
  const context: SourceContext = {
    baseDirectory: resolve(options.baseDirectory ?? '.'),
    stagingDirectory,
    ...(options.signal !== undefined && { signal: options.signal }),
  };
  const found = await resolveFiles(files, context);
  const table = await tableOf(files, found, context, options);
  const counters = new Map<string, FieldCounter>(
    table.declared?.map(({ name }) => [name, new FieldCounter(false)] as const),
  );
  const rows = await count(table, counters, context);
  if (rows === 0 && table.declared === undefined)
    throw malformedFile(referenceName(files), 'holds no rows, so nothing can be inferred from it', {
      hint: 'Name a file with rows.',
    });
  const declared = new Map(table.declared?.map(({ name, type }) => [name, type]));
  return [...counters].map(([name, counter]) => counter.facts(name, rows, declared.get(name)));
}

/**
 * What a column is to be declared as in `csv(file, { types })`, so that it is read as what was found; undefined for a string that is never empty, which is the default.
 *
 * @example
 * ```ts
 * const types = Object.fromEntries((await inferFields('a.csv')).map((facts) => [facts.name, csvTypeOf(facts) ?? 'string']));
 * ```
 */
export function csvTypeOf({ type, optional }: FieldFacts): CsvType | undefined {
  const isNumber = type.kind === 'int64' || type.kind === 'uint64' || type.kind === 'float64';
  const base = isNumber || type.kind === 'bool' ? type.kind : 'string';
  if (optional) return `${base}?`;
  return base === 'string' ? undefined : base;
}

/** How files are read to be counted. */
interface Table {
  readonly source: Source<object>;
  /** Values are fields of text. */
  readonly isText: boolean;
  /** Every row has the same columns. */
  readonly isRectangular: boolean;
  /** What the files themselves declare. */
  readonly declared?: readonly DeclaredField[];
}

/** One shard a file, so that the line of every row is known without counting. */
const rangeBytes = Number.MAX_SAFE_INTEGER;

async function tableOf(
  files: FileReference,
  found: readonly SourceFile[],
  context: SourceContext,
  { delimiter }: InferOptions,
): Promise<Table> {
  const formats = new Set(found.map(({ name }) => formatOf(name)));
  const [format] = formats;
  if (formats.size > 1)
    throw new DatasetsError('UNSUPPORTED', `${referenceName(files)}: files of different formats`, {
      hint: 'Infer the fields of one format at a time.',
    });
  switch (format) {
    case 'csv':
    case 'tsv': {
      const source = csv<object>(files, { delimiter: delimiter ?? (format === 'tsv' ? '\t' : ','), rangeBytes });
      return { source, isText: true, isRectangular: true };
    }
    case 'jsonl':
    case 'ndjson': {
      const source = jsonlOf<object>(files, { rangeBytes }, parseKeepingFloats);
      return { source, isText: false, isRectangular: false };
    }
    case 'parquet': {
      const declared = await parquetFields(found, context);
      const source = parquet(files, { columns: readable(declared) });
      return { source, isText: false, isRectangular: true, declared };
    }
    case 'arrow': {
      const declared = await arrowFields(found, context);
      const source = arrow(files, { columns: readable(declared) });
      return { source, isText: false, isRectangular: true, declared };
    }
    case 'json': {
      // Whole floats are integers here: items of an array are parsed as they come.
      const source = json<object>(files, { rangeBytes, unsafeIntegers: 'bigint' });
      return { source, isText: false, isRectangular: false };
    }
    default:
      throw new DatasetsError('UNSUPPORTED', `${found[0]?.name}: the fields of a file of this kind can't be inferred`, {
        hint: 'Files are known by their names: *.csv, *.tsv, *.jsonl, *.ndjson, *.json, *.parquet, *.arrow, also compressed.',
      });
  }
}

/** The columns that are read. */
function readable(declared: readonly DeclaredField[]): readonly string[] {
  return declared
    .filter(({ type }) => type.kind !== 'leaf' || type.type.kind !== 'unsupported')
    .map(({ name }) => name);
}

/** The last part of a file's name that says nothing of compression. */
function formatOf(name: string): string | undefined {
  return /\.([a-z0-9]+)(?:\.(?:gz|zst))?$/i.exec(name)?.[1]?.toLowerCase();
}

/** A float that happens to be whole is a float; JSON.parse gives the same number for `1` and `1.0`. */
const wholeFloat = /\d\.0+(?!\d)|\d[eE]/;

const parseKeepingFloats: typeof parseJson = (text, _integers, report) => {
  if (!wholeFloat.test(text)) return parseJson(text, 'bigint', report);
  return parseJsonNumbers(text, numberOf, report);
};

function numberOf(literal: string): unknown {
  const value = Number(literal);
  if (!/[.eE]/.test(literal)) return Number.isSafeInteger(value) ? value : bigintOf(literal);
  return Number.isInteger(value) ? new WholeFloat(value) : value;
}

async function count(table: Table, counters: Map<string, FieldCounter>, context: SourceContext): Promise<number> {
  let rows = 0;
  for (const shard of await table.source.split(context)) {
    for await (const batch of table.source.read(shard, context)) {
      stopIfInterrupted(context, `the fields of ${shard.id} were inferred`);
      batch.elements.forEach((row, index) => {
        countRow(row, counters, table, rows + index === 0, () => batch.position(index));
      });
      rows += batch.elements.length;
    }
  }
  return rows;
}

function countRow(
  row: object,
  counters: Map<string, FieldCounter>,
  { isText, isRectangular, declared }: Table,
  isFirst: boolean,
  place: () => string,
): void {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw noObject(place());
  let known = 0;
  for (const [name, value] of Object.entries(row)) {
    let counter = counters.get(name);
    if (counter === undefined) {
      if (isRectangular && !isFirst) throw otherColumns(place(), name);
      counter = new FieldCounter(isText);
      counters.set(name, counter);
    }
    known++;
    if (isText) counter.takeText(value as string, place);
    else counter.takeValue(value, place);
  }
  if (!isRectangular || declared !== undefined || known === counters.size) return;
  const lacking = [...counters.keys()].find((name) => !Object.hasOwn(row, name)) ?? '';
  throw otherColumns(place(), lacking);
}

function noObject(position: string): DatasetsError {
  return new DatasetsError('SOURCE_MALFORMED', `${position}: no object, so there are no fields to name`, {
    hint: 'Write an object on each line, e.g. {"text": "..."}.',
    at: { source: position },
  });
}

function otherColumns(position: string, name: string): DatasetsError {
  return new DatasetsError(
    'SOURCE_MALFORMED',
    `${position}: the column ${JSON.stringify(name)} is not in all of the files`,
    { hint: 'Files that are read together have the same columns.', at: { source: position, field: name } },
  );
}

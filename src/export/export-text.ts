import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetsError } from '../core/errors/index.js';
import { stringifyJson } from '../core/json/index.js';
import { nearestHint } from '../core/names/index.js';
import { definitionOf, plainValue } from '../features/index.js';
import type { VersionReader } from '../reader/index.js';
import { csvFormat } from './csv-text.js';
import type { ExportOptions, ExportReport } from './export-options.js';
import { writeTextFile } from './write-text.js';

export type TextFormat = 'jsonl' | 'csv';

/** Examples that are decoded at a time. */
const batchExamples = 256;

/** How a format starts and how it writes an example. */
interface TextWriter {
  readonly header: string;
  line(example: unknown): string;
}

/**
 * Writes each split of a version to a file of text: `<name>-<split>.jsonl`, `<name>-<split>.csv.gz`.
 *
 * @throws DatasetsError SPLIT_UNKNOWN; USAGE when a file is there already; STORAGE_FULL, STORAGE_FAILED, INTERRUPTED
 */
export async function exportText(
  version: VersionReader<unknown>,
  format: TextFormat,
  options: ExportOptions,
): Promise<ExportReport> {
  const { info } = version;
  const splits = chooseSplits(
    info.name,
    info.splits.map(({ name }) => name),
    options.splits,
  );
  const suffix = options.gzip === true ? `${format}.gz` : format;
  const files = splits.map((split) => ({ split, file: join(options.directory, `${info.name}-${split}.${suffix}`) }));
  if (options.overwrite !== true) for (const { file } of files) await mustBeFree(file);
  const definition = definitionOf(version.schema);
  const writer: TextWriter = format === 'csv' ? csvFormat(definition) : jsonLines(plainValue(definition));
  let examples = 0;
  let bytes = 0;
  for (const { split, file } of files) {
    const dataset = version.dataset(split);
    const stage = `${split} to ${format}`;
    const started = performance.now();
    options.onProgress?.({ type: 'stage-start', stage, tasks: 1, rows: dataset.length });
    await writeTextFile(
      file,
      lines(dataset, writer, (rows) => options.onProgress?.({ type: 'rows', stage, rows })),
      options.signal,
    );
    options.onProgress?.({
      type: 'stage-end',
      stage,
      rows: dataset.length,
      seconds: (performance.now() - started) / 1000,
    });
    examples += dataset.length;
    bytes += (await stat(file)).size;
  }
  return { paths: files.map(({ file }) => file), examples, bytes };
}

function jsonLines(plain: (example: unknown) => unknown): TextWriter {
  return { header: '', line: (example) => `${stringifyJson(plain(example))}\n` };
}

async function* lines(
  dataset: ReturnType<VersionReader<unknown>['dataset']>,
  writer: TextWriter,
  onRows: (rows: number) => void,
): AsyncGenerator<string> {
  if (writer.header !== '') yield writer.header;
  let rows = 0;
  for await (const examples of dataset.batches(batchExamples)) {
    yield examples.map((example) => writer.line(example)).join('');
    rows += examples.length;
    onRows(rows);
  }
}

function chooseSplits(
  dataset: string,
  known: readonly string[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  const unknown = wanted?.find((split) => !known.includes(split));
  if (unknown === undefined) return wanted ?? known;
  throw new DatasetsError('SPLIT_UNKNOWN', `${dataset} has no split ${unknown}`, {
    hint: nearestHint(unknown, known, 'splits'),
    at: { dataset, split: unknown },
  });
}

async function mustBeFree(file: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new DatasetsError('USAGE', `${file} is there already`, {
    hint: 'Export to another folder, or pass --overwrite.',
    at: { file },
  });
}

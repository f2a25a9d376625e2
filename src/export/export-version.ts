import { DatasetsError } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import { localVersionFiles, openVersion, type VersionFiles } from '../reader/index.js';
import type { ExportOptions, ExportReport } from './export-options.js';
import { exportRecords } from './export-records.js';
import { exportText } from './export-text.js';

/**
 * Exports a published version to another place: as the same version in another registry (tfrecord, arrow, parquet), or as text (jsonl, csv).
 *
 * @param source absolute path of the version, or its files wherever they come from
 * @throws DatasetsError see `exportRecords` and `exportText`
 * @example
 * ```ts
 * await exportVersion('/data/registry/mnist/3.0.1', { directory: '/tmp/out', formats: ['arrow'] });
 * ```
 */
export async function exportVersion(source: string | VersionFiles, options: ExportOptions): Promise<ExportReport> {
  const files = typeof source === 'string' ? localVersionFiles(source) : source;
  const version = await openVersion<unknown>(files);
  const records = options.formats.filter((format) => format !== 'jsonl' && format !== 'csv');
  const texts = options.formats.filter((format) => format === 'jsonl' || format === 'csv');
  if (records.length > 0 && options.splits !== undefined) {
    throw new DatasetsError(
      'USAGE',
      `${formatReference(version.info)} is exported as a whole: --split is for jsonl and csv`,
      {
        hint: 'Leave out --split, or export as text.',
        at: { dataset: version.info.name },
      },
    );
  }
  const reports: ExportReport[] = [];
  if (records.length > 0) reports.push(await exportRecords(files, version, records, options));
  for (const format of texts) reports.push(await exportText(version, format, options));
  return {
    paths: reports.flatMap(({ paths }) => paths),
    examples: reports[0]?.examples ?? 0,
    bytes: reports.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

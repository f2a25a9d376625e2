import { DatasetsError, type FileReference } from '../../src/index.js';
import { fileNames } from './file-names.js';
import type { ColumnFormat } from './value-conversion.js';

/** Formats of files that hold a row for each example. */
export type RowFormat = 'csv' | 'tsv' | 'jsonl' | 'json' | 'parquet' | 'arrow';

/** Endings of file names by format, before that of a compression. */
export const formatEndings: Readonly<Record<RowFormat, readonly string[]>> = {
  csv: ['csv'],
  tsv: ['tsv'],
  jsonl: ['jsonl', 'ndjson'],
  json: ['json'],
  parquet: ['parquet'],
  arrow: ['arrow', 'feather'],
};

/** @throws DatasetsError BUILDER_INVALID where the names of the files don't tell */
export function formatOf(reference: FileReference, dataset: string): RowFormat {
  const names = fileNames(reference);
  const formats = new Set(names.map(formatOfName));
  const [format] = formats;
  if (format !== undefined && formats.size === 1) return format;
  throw new DatasetsError(
    'BUILDER_INVALID',
    `${dataset}: ${names.join(', ')} does not tell what format the files are of`,
    {
      hint: `Say it: format: 'csv'. The formats are ${Object.keys(formatEndings).join(', ')}.`,
      at: { dataset },
    },
  );
}

export function columnFormatOf(format: RowFormat): ColumnFormat {
  switch (format) {
    case 'csv':
    case 'tsv':
      return 'text';
    case 'jsonl':
    case 'json':
      return 'json';
    case 'parquet':
    case 'arrow':
      return 'typed';
  }
}

function formatOfName(name: string): RowFormat | undefined {
  const [, ending = ''] = /\.\{?(\w+)(?:,[^}]*\})?(?:\.gz|\.zst)?$/.exec(name) ?? [];
  return (Object.keys(formatEndings) as RowFormat[]).find((format) => formatEndings[format].includes(ending));
}

import { escapeGlob, identifier, textLiteral } from '../../parquet/duckdb-text.js';
import type { ResolvedTable } from '../tables.js';

/**
 * The statement that makes a table's files a view.
 *
 * All that DuckDB would guess is said: CSV files are RFC 4180 with a header, and their columns text unless they are declared; types in JSON Lines are inferred from all lines.
 *
 * @param paths absolute paths of the table's files
 */
export function createView(table: ResolvedTable, paths: readonly string[]): string {
  const files = `[${paths.map((path) => textLiteral(escapeGlob(path))).join(', ')}]`;
  return `CREATE VIEW ${identifier(table.name)} AS SELECT * FROM ${scan(table, files)}`;
}

function scan({ format, types }: ResolvedTable, files: string): string {
  const declared = Object.entries(types).map(([column, type]) => `${textLiteral(column)}: ${textLiteral(type)}`);
  switch (format) {
    case 'csv':
    case 'tsv': {
      const options = [
        `delim = '${format === 'csv' ? ',' : '\\t'}'`,
        `header = true, quote = '"', escape = '"', all_varchar = true, hive_partitioning = false`,
        ...(declared.length === 0 ? [] : [`types = {${declared.join(', ')}}`]),
      ];
      return `read_csv(${files}, ${options.join(', ')})`;
    }
    case 'jsonl': {
      const options = [
        "format = 'newline_delimited', sample_size = -1, maximum_depth = -1, hive_partitioning = false",
        ...(declared.length === 0 ? [] : [`columns = {${declared.join(', ')}}`]),
      ];
      return `read_json(${files}, ${options.join(', ')})`;
    }
    case 'parquet':
      return `read_parquet(${files}, hive_partitioning = false)`;
  }
}

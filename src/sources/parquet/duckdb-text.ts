/** A text as a literal of DuckDB's SQL. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an identifier of DuckDB's SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A path is a glob to DuckDB; a class of one character is that character. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

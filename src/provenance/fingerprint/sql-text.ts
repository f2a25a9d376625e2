/**
 * A query without comments, and with one space where it has white space: two that read the same are the same.
 *
 * Dialects differ in what ends a text (`'it\'s'`, `'''it's'''`, `$$it's$$`), and in what `#` begins. A query that has any of these counts as it is written, comments and all.
 */
export function normalSql(text: string): string {
  if (/[\\#]|\$\w*\$|'''|"""|\/\*[\s\S]*?\/\*/.test(text)) return text;
  const pieces = /'[^']*'|"[^"]*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|[^\s'"`/-]+|./gy;
  let normal = '';
  for (const [piece] of text.matchAll(pieces)) {
    const isSpace = /^(?:\s|--|\/\*)/.test(piece);
    if (!isSpace) normal += piece;
    else if (!normal.endsWith(' ')) normal += ' ';
  }
  return normal.trim();
}

import { locationName } from '../files/location.js';
import { malformedFile, malformedText } from '../malformed.js';
import type { SourceContext } from '../source.js';
import type { FileRange } from '../text/file-range.js';
import { readText } from '../text/text-chunks.js';
import type { Dialect } from './dialect.js';
import { CsvTokenizer } from './tokenizer.js';

/** The names in the first record of a plain file. Reads no more of it than that. */
export async function readHeader(
  file: FileRange,
  context: SourceContext,
  dialect: Dialect,
): Promise<readonly string[]> {
  const name = locationName(file.file);
  const tokenizer = new CsvTokenizer(dialect, (line, column, what, hint) => {
    throw malformedText(name, { line: line + 1, column }, what, { hint });
  });
  const headers = readText(file, context, dialect.quoted, {
    *parse(chunk) {
      tokenizer.start(chunk.text);
      if (tokenizer.next()) yield Array.from({ length: tokenizer.count }, (_, i) => tokenizer.field(i));
    },
  });
  for await (const header of headers) return header;
  throw malformedFile(name, 'has no header', { hint: 'Name its columns with { header: [...] }.' });
}

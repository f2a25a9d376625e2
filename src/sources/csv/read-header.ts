import { locationName } from '../files/location.js';
import { malformedFile, malformedText } from '../malformed.js';
import type { SourceContext } from '../source.js';
import type { FileRange } from '../text/file-range.js';
import { readText, type TextChunk } from '../text/text-chunks.js';
import type { Dialect } from './dialect.js';
import { CsvTokenizer } from './tokenizer.js';

/**
 * The names in the first record of a plain file. Reads no more of it than that.
 *
 * @param mayBeMalformed other records of the file may be.
 */
export async function readHeader(
  file: FileRange,
  context: SourceContext,
  dialect: Dialect,
  mayBeMalformed: boolean,
): Promise<readonly string[]> {
  const name = locationName(file.file);
  const tokenizer = new CsvTokenizer(dialect, (line, column, what, hint) => {
    throw malformedText(name, { line: line + 1, column }, what, { hint });
  });
  const parser = {
    *parse(chunk: TextChunk) {
      tokenizer.start(chunk.text);
      if (tokenizer.next()) yield Array.from({ length: tokenizer.count }, (_, i) => tokenizer.field(i));
    },
  };
  const delimiter = dialect.quoted ? dialect.delimiter : undefined;
  // Whoever reads the records counts the malformed ones.
  const tolerance = mayBeMalformed ? { delimiter, hasHeader: true, take: () => {} } : undefined;
  const headers = readText(file, context, dialect.quoted, parser, tolerance);
  for await (const header of headers) return header;
  throw malformedFile(name, 'has no header', { hint: 'Name its columns with { header: [...] }.' });
}

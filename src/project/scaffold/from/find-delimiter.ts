import { type SourceContext, textLines } from '../../../sources/index.js';

const delimiters = [',', ';', '\t', '|'] as const;

/** What separates the columns of a CSV file: that of the usual characters which its first line holds most often outside of quotes. A comma where none does. */
export async function findDelimiter(reference: string, context: SourceContext): Promise<string> {
  const header = (await firstLine(reference, context)).replace(/"(?:[^"]|"")*"/g, '');
  const counts = delimiters.map((delimiter) => header.split(delimiter).length - 1);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

async function firstLine(reference: string, context: SourceContext): Promise<string> {
  const source = textLines(reference, { rangeBytes: Number.MAX_SAFE_INTEGER });
  for (const shard of await source.split(context)) {
    for await (const { elements } of source.read(shard, context)) return elements[0] ?? '';
  }
  return '';
}

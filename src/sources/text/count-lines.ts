import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../../core/errors/index.js';
import { locationName } from '../files/location.js';
import type { SourceContext } from '../source.js';
import { countLineFeeds } from './decode.js';
import type { FileRange } from './file-range.js';
import { readTextBlocks } from './read-blocks.js';

/**
 * Line feeds of a plain file before a range. Reads the file up to there (about 1 GB/s on a disk), so only for messages.
 *
 * Positions are asked for synchronously, and a bucket can't be read so: there another process counts while this one waits.
 */
export function linesBefore(range: FileRange, context: SourceContext): number {
  if (range.from === 0) return 0;
  const before: FileRange = { ...range, from: 0, to: range.from };
  const blocks = readTextBlocks(before, context);
  if (!(Symbol.iterator in blocks)) return countElsewhere(before);
  let lines = 0;
  for (const block of blocks) lines += countLineFeeds(block);
  return lines;
}

/** What the other process does. */
export async function countLines(range: FileRange, context: SourceContext): Promise<number> {
  let lines = 0;
  for await (const block of readTextBlocks(range, context)) lines += countLineFeeds(block);
  return lines;
}

/** An object of any size that a source has is counted in this time, or its line is not worth more waiting. */
const countingOptions = { encoding: 'utf8', timeout: 300_000 } as const;

function countElsewhere(range: FileRange): number {
  const program = fileURLToPath(new URL('./count-lines-process.js', import.meta.url));
  try {
    return Number(execFileSync(process.execPath, [program, JSON.stringify(range)], countingOptions));
  } catch (cause) {
    const name = locationName(range.file);
    throw new DatasetsError('SOURCE_MALFORMED', `${name} bytes from ${range.to} on: the line could not be counted`, {
      hint: 'Read the file again, or copy it to this machine to see which line is wrong.',
      cause,
      at: { file: name, source: name, offset: range.to },
    });
  }
}

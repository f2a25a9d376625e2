import { compressionOf } from '../files/compression.js';
import { openFile } from '../files/open-file.js';
import { readPieces } from '../files/read-pieces.js';
import type { SourceFile } from '../files/resolve-files.js';
import { stopIfInterrupted } from '../interrupted.js';
import type { SourceContext } from '../source.js';
import { ArrayScanner, type ItemStart } from './array-scanner.js';
import { type JsonRange, wholeJson } from './json-range.js';
import { firstByte, openBracket } from './json-start.js';

/**
 * Ranges of a file's array: about `rangeBytes` each, cut behind the first comma between items at or after each multiple of it.
 *
 * Whether a comma lies between items can't be told from its surroundings, so a file that is larger is read once, counting brackets. A compressed file, or one that holds no array, is one range.
 */
export async function splitJson(
  file: SourceFile,
  context: SourceContext,
  rangeBytes: number,
): Promise<readonly JsonRange[]> {
  if (compressionOf(file.name) !== undefined || file.bytes <= rangeBytes) return [wholeJson(file)];
  const starts: { readonly offset: number; readonly start: ItemStart }[] = [];
  const opened = await openFile(file.location, file.bytes, context);
  try {
    const scanner = new ArrayScanner(undefined);
    let offset = 0;
    let target = rangeBytes;
    for await (const piece of readPieces(opened, 0, file.bytes)) {
      stopIfInterrupted(context, `${file.name} was split`);
      let at = scanner.isOpen ? 0 : firstByte(piece, offset === 0);
      if (!scanner.isOpen && at < piece.length && piece[at] !== openBracket) return [wholeJson(file)];
      while (at < piece.length && scanner.closing < 0) {
        at = scanner.scan(piece, at, Math.max(0, target - 1 - offset));
        const cut = offset + scanner.comma + 1;
        if (scanner.comma < 0 || cut < target) continue;
        starts.push({ offset: cut, start: scanner.next });
        target = (Math.floor(cut / rangeBytes) + 1) * rangeBytes;
      }
      if (scanner.closing >= 0) break;
      offset += piece.length;
    }
  } finally {
    await opened.close();
  }
  const whole = wholeJson(file);
  return [{ offset: 0, start: null }, ...starts].map(({ offset, start }, i) => ({
    ...whole,
    from: offset,
    to: starts[i]?.offset ?? file.bytes,
    start: start === null ? null : { ...start },
  }));
}

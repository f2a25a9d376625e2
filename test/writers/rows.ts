import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finishRow, rowHeaderBytes, rowWords, startRow } from '../../src/features/index.js';
import type { Key } from '../../src/pipeline/index.js';
import type { RunSummary } from '../../src/writers/index.js';
import { RowSpill } from '../../src/writers/row-spill.js';

/** A row without a schema: what the writers need of one. */
export interface TestRow {
  readonly key: Key;
  readonly leaves: Uint8Array;
  readonly exampleBytes: number;
}

export function spillRows(
  options: {
    readonly split: string;
    readonly file: string;
    readonly sourceShard?: string;
    readonly bufferBytes?: number;
  },
  rows: readonly TestRow[],
): RunSummary {
  const spill = new RowSpill({ sourceShard: 'rows', ...options });
  for (const row of rows) {
    const { arena } = spill;
    const start = startRow(arena);
    arena.ensure(row.leaves.length);
    arena.bytes.set(row.leaves, arena.position);
    arena.position += row.leaves.length;
    arena.view.setUint32(start + rowWords.exampleBytes * 4, row.exampleBytes, true);
    finishRow(arena, start, spill.rows, row.key);
    spill.added(start);
  }
  return spill.finish();
}

/** The key of the row at word `row`. */
export function keyOf(words: Int32Array<ArrayBuffer>, row: number): string {
  const end = row * 4 + (words[row + rowWords.rowBytes] ?? 0);
  const length = words[row + rowWords.keyBytes] ?? 0;
  const start = end - Math.ceil(length / 4) * 4;
  return Buffer.from(words.buffer, start, length).toString();
}

/** Leaves and padding of the row at word `row`, as hex. */
export function leavesOfRow(words: Int32Array<ArrayBuffer>, row: number): string {
  const end = row * 4 + (words[row + rowWords.rowBytes] ?? 0);
  const length = words[row + rowWords.keyBytes] ?? 0;
  const start = row * 4 + rowHeaderBytes;
  return Buffer.from(words.buffer, start, end - Math.ceil(length / 4) * 4 - start).toString('hex');
}

/** A folder that is there for each test of a suite and gone after it. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'ailab-writers-'));
  });
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

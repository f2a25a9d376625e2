import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type TableFormat = 'csv' | 'jsonl';

const names = ['id', 'date', 'delay', 'distance', 'origin', 'destination', 'score', 'note'] as const;
const airports = Array.from({ length: 300 }, (_, i) => [i / 100, (i / 10) % 10, i % 10].map(letter).join(''));

function letter(value: number): string {
  return String.fromCharCode(65 + Math.floor(value));
}

/** A row of made-up flights: five numbers, of which one has all its digits, and three texts. The same for the same number. */
function rowOf(id: number): readonly (number | string)[] {
  // A step of a generator of Lehmer's: spread enough, and no state.
  const chance = (id * 48_271 + 11) % 2_147_483_647;
  return [
    id,
    978_307_200_000 + (chance % 31_536_000) * 1000,
    (chance % 660) - 60,
    50 + (chance % 3950),
    airports[chance % 300] ?? '',
    airports[(chance >> 9) % 300] ?? '',
    chance / 2_147_483_647,
    `a note of some words ${chance % 977}`,
  ];
}

function textOf(format: TableFormat, row: readonly (number | string)[]): string {
  return format === 'csv' ? row.join() : JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

/** Files of one table, of about `bytes` in all, as a peer with a process a file can use them best. Returns their folder and sizes. */
export function writeTable(
  folder: string,
  format: TableFormat,
  bytes: number,
  files = 2,
): { readonly folder: string; readonly bytes: number } {
  const table = join(folder, `${format}-${bytes}`);
  mkdirSync(table, { recursive: true });
  let id = 0;
  let all = 0;
  for (let part = 0; part < files; part++) {
    const file = openSync(join(table, `part-${part}.${format}`), 'w');
    let written = format === 'csv' ? writeSync(file, `${names.join()}\n`) : 0;
    while (written < bytes / files) {
      const lines = Array.from({ length: 2000 }, () => `${textOf(format, rowOf(id++))}\n`);
      written += writeSync(file, lines.join(''));
    }
    closeSync(file);
    all += written;
  }
  return { folder: table, bytes: all };
}

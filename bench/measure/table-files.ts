import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type TableFormat = 'csv' | 'jsonl';

/** A table that is made up: the names of its columns, and the values of its row `id`, the same for the same number. */
export interface MadeTable {
  readonly name: string;
  readonly columns: readonly string[];
  rowOf(id: number): readonly (number | string)[];
}

const flightColumns = ['id', 'date', 'delay', 'distance', 'origin', 'destination', 'score', 'note'] as const;
const airports = Array.from({ length: 300 }, (_, i) => [i / 100, (i / 10) % 10, i % 10].map(letter).join(''));

function letter(value: number): string {
  return String.fromCharCode(65 + Math.floor(value));
}

/** 85 bytes of CSV: five numbers, of which one has all its digits, and three texts. */
function flightOf(id: number): readonly (number | string)[] {
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

export const flightTable: MadeTable = { name: 'flights', columns: flightColumns, rowOf: flightOf };

const words =
  'the a this very good bad poor sound quality case phone battery life charger cable works great after two weeks stopped recommend price value money refund arrived late broken fit size color, it. love'.split(
    ' ',
  );

/** 500 bytes, most of them a text that CSV has to quote for its commas. */
function reviewOf(id: number): readonly (number | string)[] {
  let chance = ((id + 1) * 48_271) % 2_147_483_647;
  const next = (below: number): number => {
    chance = (chance * 48_271) % 2_147_483_647;
    return chance % below;
  };
  const text = Array.from({ length: 60 + next(60) }, () => words[next(words.length)]).join(' ');
  return [id, 1 + next(5), next(300), text.slice(0, 30), text];
}

export const reviewTable: MadeTable = {
  name: 'reviews',
  columns: ['id', 'stars', 'helpful', 'title', 'text'],
  rowOf: reviewOf,
};

function textOf(format: TableFormat, columns: readonly string[], row: readonly (number | string)[]): string {
  if (format === 'jsonl') return JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]])));
  return row.map((value) => (`${value}`.includes(',') ? `"${value}"` : value)).join();
}

/** Files of one table, of about `bytes` in all, as a peer with a process a file can use them best. Returns their folder and sizes. */
export function writeTable(
  folder: string,
  { name, columns, rowOf }: MadeTable,
  format: TableFormat,
  bytes: number,
  files = 2,
): { readonly folder: string; readonly bytes: number } {
  const table = join(folder, `${name}-${format}-${bytes}`);
  mkdirSync(table, { recursive: true });
  let id = 0;
  let all = 0;
  for (let part = 0; part < files; part++) {
    const file = openSync(join(table, `part-${part}.${format}`), 'w');
    let written = format === 'csv' ? writeSync(file, `${columns.join()}\n`) : 0;
    while (written < bytes / files) {
      const lines = Array.from({ length: 2000 }, () => `${textOf(format, columns, rowOf(id++))}\n`);
      written += writeSync(file, lines.join(''));
    }
    closeSync(file);
    all += written;
  }
  return { folder: table, bytes: all };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { repositoryRoot } from '../../oracle/index.js';

/** What a reader of a split must find, whatever the order. */
export interface Totals {
  readonly rows: number;
  readonly clicks: number;
  /** Sum of all affinities, which are small whole numbers: exact in any order. */
  readonly affinity: number;
}

/** The totals of product_a's `train`, the impressions before 29 November, counted in the files of the Open Bandit Dataset. */
export function trainTotals(campaign: 'all' | 'men' | 'women'): Totals {
  const totals = { rows: 0, clicks: 0, affinity: 0 };
  for (const policy of ['random', 'bts']) {
    const [header = '', ...lines] = readLog(`${policy}_${campaign}.csv.gz`);
    const names = header.split(',');
    const [timestamp, click] = [names.indexOf('timestamp'), names.indexOf('click')];
    const firstAffinity = names.indexOf('user-item_affinity_0');
    for (const cells of lines.map((line) => line.split(','))) {
      if ((cells[timestamp] ?? '') >= '2019-11-29') continue;
      totals.rows++;
      totals.clicks += Number(cells[click]);
      for (const cell of cells.slice(firstAffinity)) totals.affinity += Number(cell);
    }
  }
  return totals;
}

function readLog(name: string): string[] {
  const file = join(repositoryRoot, 'datasets', 'products', 'product_a', 'data', name);
  return gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
}

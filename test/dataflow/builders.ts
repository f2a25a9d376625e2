/**
 * A data set `sums` in JavaScript: it generates, groups and sums. While a file `wait` lies in the project's root and none named `gate`, it waits, so that tests meet it half-way; with
 * a file `fail` it throws.
 */
export const sumsBuilder = `import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetBuilder, features, scalar } from 'ailab-datasets';

const schema = features({ amounts: scalar('int32'), total: scalar('int64') });
const isThere = (name) => existsSync(new URL('../../' + name, import.meta.url));

export class Sums extends DatasetBuilder {
  static datasetName = 'sums';
  static versions = { '1.0.0': 'First release.' };
  static timeout = '2 hours';
  static resources = { memory: '2 GiB', machineType: 'n2-highmem-2' };
  info() {
    return { description: 'Sums of days.', features: schema };
  }
  splits(p) {
    const days = p
      .generate(async function* () {
        while (isThere('wait') && !isThere('gate')) await sleep(20);
        for (let i = 0; i < 1000; i++) yield [i % 31, i];
      })
      .groupByKey()
      .mapValues(toExample);
    return { train: days };
  }
}

function toExample(values) {
  if (isThere('fail')) throw new RangeError('no such total');
  const amounts = [...values];
  return { amounts: amounts.length, total: BigInt(amounts.reduce((sum, amount) => sum + amount, 0)) };
}
`;

/** A data set `asked`, of what a query on DuckDB gives. */
export const askedBuilder = `import { DatasetBuilder, features, scalar, sql } from 'ailab-datasets';

const schema = features({ amount: scalar('int64') });
const query = 'SELECT day, amount FROM days';

export class Asked extends DatasetBuilder {
  static datasetName = 'asked';
  static versions = { '1.0.0': 'First release.' };
  info() {
    return { description: 'Amounts of days.', features: schema };
  }
  splits(p) {
    const days = { files: new URL('./days.csv', import.meta.url), types: { day: 'INTEGER', amount: 'BIGINT' } };
    const rows = p.read(sql(query, { tables: { days } }));
    return { train: rows.keyBy((row) => row.day).mapValues((row) => ({ amount: row.amount })) };
  }
}
`;

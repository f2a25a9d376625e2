import { load } from '../../src/build/index.js';

/**
 * Reads a version of product_b: `node read.js columns|objects tfrecord|arrow <registry>`. The clock starts when the version is open, as that
 * of the peers does.
 */
async function main(shape: string, format: 'tfrecord' | 'arrow', registry: string): Promise<void> {
  const dataset = await load('product_b', { registry, format, build: 'never' });
  const started = performance.now();
  let examples = 0;
  let sum = 0;
  if (shape === 'columns') {
    for await (const batch of dataset.columns({ batchSize: 8192 })) {
      examples += batch.rows;
      sum += Number(batch.numbers('delay')[0]);
    }
  } else {
    for await (const rows of dataset.batches(1024)) {
      examples += rows.length;
      for (const row of rows) sum += Number(row.delay);
    }
  }
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, examples, sum }));
}

const [shape = 'columns', format = 'tfrecord', registry = ''] = process.argv.slice(2);
await main(shape, format === 'arrow' ? 'arrow' : 'tfrecord', registry);

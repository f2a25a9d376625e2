import assert from 'node:assert/strict';
import { type SourceContext, sql } from '../../../src/sources/index.js';
import { capture } from '../../oracle/index.js';
import { TemporaryFolder } from '../read-all.js';

const rows = 500_000;

/** Half a gigabyte that is sorted: what DuckDB is not given memory for it must spill. Run in a process of its own by the test below. */
export async function readMuch(context: SourceContext): Promise<void> {
  const query = 'SELECT range AS i, repeat(md5(range::VARCHAR), 32) AS t FROM range($rows) ORDER BY t';
  const source = sql(query, { params: { rows }, int64: 'number' });
  let [count, sum] = [0, 0];
  for (const shard of await source.split(context)) {
    for await (const { elements } of source.read(shard, context)) {
      for (const { i } of elements) sum += Number(i);
      count += elements.length;
    }
  }
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ count, sum, peakMiB }));
}

describe('a large result of sql()', () => {
  it('of 512 MB is sorted, staged and read in less than 900 MiB, where 1,240 would be taken without a limit', async () => {
    const folder = new TemporaryFolder();
    try {
      const context = JSON.stringify({ ...folder.context, stagingDirectory: folder.file('staged') });
      const script = `globalThis.describe = () => {}; (await import(${JSON.stringify(import.meta.url)})).readMuch(${context});`;
      const { stdout, stderr } = await capture(process.execPath, ['--input-type=module', '-e', script]);
      const { count, sum, peakMiB } = JSON.parse(stdout || '{}');
      assert.deepEqual([count, sum], [rows, (rows * (rows - 1)) / 2], stderr);
      assert.ok(peakMiB < 900, `it took ${peakMiB} MiB`);
    } finally {
      folder.remove();
    }
  });
});

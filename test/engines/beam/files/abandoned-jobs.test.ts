import assert from 'node:assert/strict';
import { join } from 'node:path';
import { newJobFolder, sweepAbandonedJobs } from '../../../../src/engines/beam/files/index.js';
import { LocalStorage, type Storage } from '../../../../src/storage/index.js';
import { requireGcs } from '../../../gcs/index.js';
import { temporaryDirectory } from '../../temporary-directory.js';

const days = (count: number) => new Date(Date.now() + count * 86_400_000);

describe('what jobs left that nobody ended', () => {
  const directory = temporaryDirectory();

  it('is deleted after two weeks, and nothing else', async function () {
    const { url, storage } = await (await requireGcs(this)).newBucket();
    for (const [location, place] of [
      [url, storage],
      [join(directory(), 'work'), new LocalStorage(join(directory(), 'work'))],
    ] as const) {
      const [dead, straggling] = [newJobFolder('product-a-1-0-0'), newJobFolder('mnist')];
      await place.write(`${dead}/job`, 'x');
      await place.write(`${dead}/attempts/stage0-task0-1/ä #1`, 'x');
      await place.write(`${straggling}/attempts/x/y`, 'x');
      const others = ['notes.txt', 'ailab-notes/x', `ailab-${'0'.repeat(16)}`, 'templates/y'];
      for (const other of others) await place.write(other, 'x');
      assert.deepEqual(await sweepAbandonedJobs(location, days(13)), []);
      assert.deepEqual([...(await sweepAbandonedJobs(location, days(15)))].sort(), [dead, straggling].sort());
      assert.deepEqual(await names(place), [...others].sort());
    }
  });

  it('is none where there is no location yet', async () => {
    assert.deepEqual(await sweepAbandonedJobs(join(directory(), 'none'), days(15)), []);
  });
});

async function names(storage: Storage): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { path } of storage.walk('')) found.push(path);
  return found.sort();
}

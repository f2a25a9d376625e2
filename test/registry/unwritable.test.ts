import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runOnSmallDisk } from '../storage/full-disk.js';

describe('a registry on a disk that can not be written', () => {
  it('is not changed by prune, repair or publish, which say why, and go on when it can be', async function () {
    const { stdout } = await runOnSmallDisk(this, join(import.meta.dirname, 'unwritable-disk.js'), 1024);
    assert.deepEqual(JSON.parse(stdout), {
      full: ['STORAGE_FULL', 'STORAGE_FULL', 'STORAGE_FULL'],
      afterFull: true,
      readOnly: ['STORAGE_FAILED', 'STORAGE_FAILED', 'STORAGE_FAILED'],
      afterReadOnly: true,
      writable: ['done', 'done', 'done'],
    });
  });
});

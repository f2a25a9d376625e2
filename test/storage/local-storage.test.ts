import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isRelativePath, LocalStorage } from '../../src/storage/index.js';
import { runOnSmallDisk } from './full-disk.js';
import { describeStorage, text } from './storage-contract.js';

describeStorage('the storage in a local directory', async () => ({
  storage: new LocalStorage(mkdtempSync(join(tmpdir(), 'ailab-storage-'))),
  remove: (storage) => rmSync(storage.location, { recursive: true }),
}));

describe('a registry in a local directory', () => {
  let directory = '';
  let storage = new LocalStorage('');
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-storage-'));
    storage = new LocalStorage(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('lets exactly one of many processes create an object', async () => {
    const script = join(import.meta.dirname, 'race-to-create.js');
    const racers = Array.from({ length: 3 }, () => fork(script, [directory, '40']));
    const won = await Promise.all(
      racers.map(
        (racer) =>
          new Promise<number[]>((resolve, reject) => {
            racer.once('message', (keys) => resolve(keys as number[]));
            racer.once('exit', (code) => reject(new Error(`a racer ended with ${code}`)));
            racer.send('go');
          }),
      ),
    );
    const keys = won.flat().sort((a, b) => a - b);
    assert.deepEqual(
      keys,
      Array.from({ length: 40 }, (_, key) => key),
    );
  });

  it('follows a link to a directory on another disk, and leaves out a link that leads nowhere', async () => {
    await storage.write('elsewhere/x', '1');
    symlinkSync(join(directory, 'elsewhere'), join(directory, 'linked'));
    symlinkSync(join(directory, 'gone'), join(directory, 'broken'));
    assert.deepEqual(await storage.list(''), [
      { name: 'elsewhere', kind: 'directory' },
      { name: 'linked', kind: 'directory' },
    ]);
  });

  it('moves a directory only to a place that is free', async () => {
    await storage.write('staged/x', 'new');
    await storage.write('taken/x', 'old');
    assert.equal(await storage.moveDirectory('staged', 'taken'), false);
    writeFileSync(join(directory, 'file'), '');
    assert.equal(await storage.moveDirectory('staged', 'file'), false);
    assert.equal(await storage.moveDirectory('staged', 'deep/er/free'), true);
    assert.equal(text(await storage.read('deep/er/free/x')), 'new');
    assert.equal(text(await storage.read('taken/x')), 'old');
    await assert.rejects(storage.moveDirectory('staged', 'again'), { code: 'STORAGE_FAILED', message: /staged/ });
  });

  it('takes no path for one of its own that leads elsewhere', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', '', 'a', '..a', 'a..', '/'), { maxLength: 6 }), (parts) => {
        const path = parts.join('/');
        if (isRelativePath(path)) assert.ok(join(directory, path).startsWith(`${directory}/`), path);
      }),
    );
  });

  it('says which file it could not read and why', async () => {
    await assert.rejects(storage.open('nothing'), {
      code: 'STORAGE_FAILED',
      message: /could not open .*nothing/,
      hint: /exists/,
    });
    await storage.write('file', 'x');
    await assert.rejects(storage.write('file/below', 'x'), { code: 'STORAGE_FAILED', message: /file/ });
  });

  it('says that a file system is read-only', async function () {
    const { stdout } = await runOnSmallDisk(this, join(import.meta.dirname, 'fill-disk.js'), 128, { readOnly: true });
    const refused = 'STORAGE_FAILED: The file system is mounted read-only.';
    assert.deepEqual(JSON.parse(stdout), { codes: [refused, refused, refused], left: [] });
  });

  it('calls a full disk STORAGE_FULL, keeps no half-written file and goes on with what fits', async function () {
    const { stdout } = await runOnSmallDisk(this, join(import.meta.dirname, 'fill-disk.js'), 128);
    assert.deepEqual(JSON.parse(stdout), { codes: ['STORAGE_FULL', 'STORAGE_FULL', 'written'], left: ['small'] });
  });
});

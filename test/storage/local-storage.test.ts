import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isRelativePath, LocalStorage } from '../../src/storage/index.js';
import { runOnSmallDisk } from './full-disk.js';

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'));

describe('a registry in a local directory', () => {
  let directory = '';
  let storage = new LocalStorage('');
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-storage-'));
    storage = new LocalStorage(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('creates an object once, with all of its content', async () => {
    assert.equal(await storage.createIfAbsent('a/b/c.json', 'first'), true);
    assert.equal(await storage.createIfAbsent('a/b/c.json', 'second'), false);
    assert.equal(text(await storage.read('a/b/c.json')), 'first');
    assert.deepEqual(readdirSync(join(directory, 'a/b')), ['c.json']);
  });

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

  it('replaces an object in one step, and shows a stream only when it is closed', async () => {
    await storage.write('x', 'old');
    const writer = await storage.create('x');
    await writer.write(Buffer.from('ne'));
    await writer.write(Buffer.from('w'));
    assert.equal(text(await storage.read('x')), 'old');
    assert.deepEqual(await storage.list(''), [{ name: 'x', kind: 'object' }]);
    await writer.close();
    assert.equal(text(await storage.read('x')), 'new');
    const dropped = await storage.create('x');
    await dropped.write(Buffer.from('nothing'));
    await dropped.abort();
    assert.equal(text(await storage.read('x')), 'new');
    assert.deepEqual(readdirSync(directory), ['x']);
  });

  it('reads any range, up to the end', async () => {
    await storage.write('x', 'abcdefghij');
    const opened = await storage.open('x');
    assert.equal(opened.bytes, 10);
    assert.equal(text(await opened.read(2, 3)), 'cde');
    assert.equal(text(await opened.read(8, 100)), 'ij');
    assert.equal(text(await opened.read(50, 1)), '');
    const into = new Uint8Array(4);
    const read = await opened.read(0, 3, into);
    assert.equal(read.buffer, into.buffer);
    assert.equal(text(read), 'abc');
    await opened.close();
  });

  it('lists, walks, copies and deletes', async () => {
    await storage.write('b/2', '22');
    await storage.write('a', '1');
    await storage.copy('b/2', 'b/c/3');
    assert.deepEqual(await storage.list('b'), [
      { name: '2', kind: 'object' },
      { name: 'c', kind: 'directory' },
    ]);
    const walked = [];
    for await (const object of storage.walk('')) walked.push([object.path, object.bytes]);
    assert.deepEqual(walked, [
      ['a', 1],
      ['b/2', 2],
      ['b/c/3', 2],
    ]);
    await storage.delete('b/2');
    await storage.delete('b/2');
    assert.equal(await storage.stat('b/2'), undefined);
    assert.equal(await storage.read('nothing'), undefined);
    assert.deepEqual(await storage.list('nothing'), []);
    assert.equal(await storage.stat('b'), undefined);
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

  it('refuses every path that could leave it', async () => {
    for (const path of ['../x', '/etc/passwd', 'a/../../x', 'a//b', './a', 'a/', 'a\0b', 'a\\..\\b', 'C:/x']) {
      assert.equal(isRelativePath(path), false, path);
      await assert.rejects(storage.read(path), { code: 'STORAGE_FAILED', message: /no path inside/ });
    }
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

  it('calls a full disk STORAGE_FULL, keeps no half-written file and goes on with what fits', async function () {
    const { stdout } = await runOnSmallDisk(this, join(import.meta.dirname, 'fill-disk.js'), 128);
    assert.deepEqual(JSON.parse(stdout), { codes: ['STORAGE_FULL', 'STORAGE_FULL', 'written'], left: ['small'] });
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { crc32c } from '../../src/core/checksum/index.js';
import { isRelativePath, type Storage } from '../../src/storage/index.js';
import { seededRandom } from '../gcs/seeded-random.js';

export const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');

/** As object storage shows it. */
export function checksum(bytes: Uint8Array): string {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc32c(bytes));
  return four.toString('base64');
}

/** Bytes without a pattern, so that a part in the wrong place shows. */
export function noise(length: number, seed = 1): Buffer {
  const random = seededRandom(seed);
  return Buffer.from(Uint8Array.from({ length }, () => random() * 256));
}

/** The part in which the drivers under test send large objects: the smallest that Google takes. */
export const partBytes = 2 ** 18;

const hardNames = [
  'ünï/日本語 x.json',
  'a+b%20c#d?e&f=g.txt',
  'e\u0301 and é',
  "it's/{braces}/[brackets]/~tilde",
  '𝄞.arrow',
  '.hidden/..b/b..',
];

interface UnderTest {
  readonly storage: Storage;
  remove?(storage: Storage): void;
}

/** What every storage does, whatever lies behind it. */
export function describeStorage(name: string, make: (context: Context) => Promise<UnderTest>): void {
  describe(name, () => {
    let storage: Storage;
    let remove: UnderTest['remove'];
    let folder = '';
    beforeEach(async function () {
      ({ storage, remove } = await make(this));
      folder = mkdtempSync(join(tmpdir(), 'ailab-storage-files-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
      remove?.(storage);
    });

    const paths = async (directory = ''): Promise<string[]> => {
      const found: string[] = [];
      for await (const { path } of storage.walk(directory)) found.push(path);
      return found;
    };
    const save = (content: Uint8Array): string => {
      const file = join(folder, 'file');
      writeFileSync(file, content);
      return file;
    };

    it('creates an object once, with all of its content', async () => {
      assert.equal(await storage.createIfAbsent('a/b/c.json', 'first'), true);
      assert.equal(await storage.createIfAbsent('a/b/c.json', 'second'), false);
      assert.equal(text(await storage.read('a/b/c.json')), 'first');
      assert.deepEqual(await paths(), ['a/b/c.json']);
    });

    it('lets exactly one of sixteen creations at once win, and keeps its content', async () => {
      for (let round = 0; round < 5; round++) {
        const contents = Array.from({ length: 16 }, (_, racer) => `racer ${racer}`);
        const won = await Promise.all(contents.map((content) => storage.createIfAbsent(`race/${round}`, content)));
        const winners = contents.filter((_, racer) => won[racer]);
        assert.deepEqual([text(await storage.read(`race/${round}`))], winners);
      }
    });

    it('replaces an object in one step, and shows a stream only when it is closed', async () => {
      await storage.write('x', 'old');
      const content = noise(2 * partBytes + 5);
      const writer = await storage.create('x');
      await writer.write(content.subarray(0, 3));
      await writer.write(content.subarray(3, 2 * partBytes));
      await writer.write(content.subarray(2 * partBytes));
      assert.equal(text(await storage.read('x')), 'old');
      assert.deepEqual(await storage.list(''), [{ name: 'x', kind: 'object' }]);
      await writer.close();
      assert.deepEqual(Buffer.from((await storage.read('x')) ?? ''), content);
      const dropped = await storage.create('x');
      await dropped.write(Buffer.from('nothing'));
      await dropped.abort();
      assert.deepEqual(Buffer.from((await storage.read('x')) ?? ''), content);
      assert.deepEqual(await paths(), ['x']);
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

    it('never mixes an opened object with the one that replaces it', async () => {
      await storage.write('x', 'old old old');
      const opened = await storage.open('x');
      await storage.write('x', 'new new new');
      const read = await opened.read(0, 11).catch((error: unknown) => error);
      if (read instanceof Uint8Array) assert.equal(text(read), 'old old old');
      else assert.match(String(read), /could not read/);
      await opened.close();
    });

    it('lists, walks and deletes', async () => {
      for (const path of ['b/2', 'a', 'b/c/3', 'bc/4', 'b.txt']) await storage.write(path, path);
      assert.deepEqual(await storage.list('b'), [
        { name: '2', kind: 'object' },
        { name: 'c', kind: 'directory' },
      ]);
      assert.deepEqual(await paths('b'), ['b/2', 'b/c/3']);
      assert.deepEqual((await paths()).sort(), ['a', 'b.txt', 'b/2', 'b/c/3', 'bc/4']);
      await storage.delete('b/2');
      await storage.delete('b/2');
      assert.equal(await storage.stat('b/2'), undefined);
      await storage.deleteAll('b');
      await storage.deleteAll('b');
      assert.deepEqual((await paths()).sort(), ['a', 'b.txt', 'bc/4']);
      await storage.deleteAll('');
      assert.deepEqual(await paths(), []);
    });

    it('says that something is not there, or fails where it has to be', async () => {
      assert.equal(await storage.read('nothing'), undefined);
      assert.equal(await storage.stat('nothing'), undefined);
      assert.deepEqual(await storage.list('nothing'), []);
      assert.deepEqual(await paths('nothing'), []);
      await storage.write('b/2', '');
      assert.equal(await storage.stat('b'), undefined);
      const file = join(folder, 'fetched');
      const absent = { code: 'STORAGE_FAILED', message: /nothing/, hint: /exists/ };
      await assert.rejects(storage.open('nothing'), absent);
      await assert.rejects(storage.copy('nothing', 'x'), absent);
      await assert.rejects(storage.download('nothing', file), absent);
      await assert.rejects(storage.upload(join(folder, 'nothing'), 'x'), absent);
      assert.deepEqual(readdirSync(folder), []);
      assert.equal(await storage.stat('x'), undefined);
    });

    it('knows size, time and, where it says so, checksum', async () => {
      const before = Date.now();
      await storage.write('x', 'abc');
      const found = await storage.stat('x');
      assert.equal(found?.bytes, 3);
      assert.ok(Math.abs((found?.modified.getTime() ?? 0) - before) < 60_000);
      assert.equal(found?.crc32c ?? checksum(Buffer.from('abc')), checksum(Buffer.from('abc')));
    });

    it('copies, and copies only where nothing is', async () => {
      await storage.write('from', 'content');
      await storage.copy('from', 'to/a');
      await storage.write('from', 'other');
      assert.equal(await storage.copyIfAbsent('from', 'to/a'), false);
      assert.equal(text(await storage.read('to/a')), 'content');
      assert.equal(await storage.copyIfAbsent('from', 'to/b'), true);
      await storage.copy('from', 'to/a');
      assert.deepEqual([text(await storage.read('to/a')), text(await storage.read('to/b'))], ['other', 'other']);
      const won = await Promise.all(Array.from({ length: 8 }, () => storage.copyIfAbsent('from', 'to/c')));
      assert.equal(won.filter(Boolean).length, 1);
      assert.deepEqual(await paths('to'), ['to/a', 'to/b', 'to/c']);
    });

    it('carries files of any size up and down', async () => {
      for (const bytes of [0, 1, partBytes, partBytes + 1, 3 * partBytes, 3 * partBytes + 7]) {
        const content = noise(bytes, bytes);
        await storage.upload(save(content), `${bytes}`, { crc32c: checksum(content) });
        const file = join(folder, `${bytes}`);
        assert.deepEqual(await storage.download(`${bytes}`, file), { bytes, crc32c: checksum(content) });
        assert.ok(readFileSync(file).equals(content), `${bytes} bytes differ`);
      }
    });

    it('refuses a file that is not what its manifest says', async () => {
      for (const bytes of [10, 2 * partBytes]) {
        const file = save(noise(bytes));
        await assert.rejects(storage.upload(file, 'x', { crc32c: checksum(noise(bytes, 2)) }), {
          code: 'DATA_CORRUPT',
          message: new RegExp(`${file} has crc32c`),
        });
        assert.deepEqual(await paths(), []);
      }
    });

    it('leaves nothing behind where a download can not be written', async () => {
      await storage.write('x', 'abc');
      const taken = join(folder, 'taken');
      mkdirSync(join(taken, 'full'), { recursive: true });
      await assert.rejects(storage.download('x', taken), { code: 'STORAGE_FAILED', message: /taken/ });
      await assert.rejects(storage.download('x', join(folder, 'none', 'x')), { code: 'STORAGE_FAILED' });
      assert.deepEqual(readdirSync(folder), ['taken']);
    });

    it('takes every name that is a path', async () => {
      for (const path of hardNames) await storage.write(path, path);
      assert.deepEqual((await paths()).sort(), [...hardNames].sort());
      for (const path of hardNames) {
        assert.equal(text(await storage.read(path)), path);
        const parts = path.split('/');
        const listed = await storage.list(parts.slice(0, -1).join('/'));
        assert.ok(
          listed.some(({ name, kind }) => name === parts.at(-1) && kind === 'object'),
          path,
        );
        await storage.copy(path, `copy of ${path}`);
        await storage.delete(path);
      }
      assert.deepEqual((await paths()).sort(), hardNames.map((path) => `copy of ${path}`).sort());
    });

    it('refuses every path that could leave it', async () => {
      for (const path of ['../x', '/etc/passwd', 'a/../../x', 'a//b', './a', 'a/', 'a\0b', 'a\\..\\b', 'C:/x']) {
        assert.equal(isRelativePath(path), false, path);
        const refused = { code: 'STORAGE_FAILED', message: /no path inside/ };
        await assert.rejects(storage.read(path), refused);
        await assert.rejects(storage.write(path, ''), refused);
        await assert.rejects(storage.list(path), refused);
        await assert.rejects(storage.deleteAll(path), refused);
        await assert.rejects(storage.copy('a', path), refused);
      }
    });
  });
}

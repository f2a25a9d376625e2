import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Crc32c, createFileSink } from '../../src/formats/index.js';
import { skip } from '../oracle/index.js';

describe('a file sink', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sink-test-'));
  after(() => rmSync(folder, { recursive: true }));

  it('writes chunks and tells size and checksums of the whole', async () => {
    const path = join(folder, 'whole');
    const sink = createFileSink(path);
    const chunk = new Uint8Array(100_000);
    for (const fill of [1, 2, 3]) sink.write(chunk.fill(fill));
    assert.equal(sink.bytes, 300_000);
    const digest = await sink.close();
    const content = readFileSync(path);
    assert.deepEqual(digest, {
      bytes: 300_000,
      crc32c: new Crc32c().update(content).digestBase64(),
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    assert.deepEqual([content[0], content[100_000], content[299_999]], [1, 2, 3]);
  });

  it('takes the word of who knows the checksum of a chunk', async () => {
    const path = join(folder, 'known');
    const sink = createFileSink(path);
    const chunk = new Uint8Array(10_000).fill(7);
    sink.write(chunk);
    sink.write(chunk, new Crc32c().update(chunk).digest());
    sink.write(chunk);
    assert.equal((await sink.close()).crc32c, new Crc32c().update(readFileSync(path)).digestBase64());
  });

  it('tells a full disk, with the path', function () {
    if (!existsSync('/dev/full')) skip(this, 'this system has no /dev/full');
    const sink = createFileSink('/dev/full');
    assert.throws(() => sink.write(new Uint8Array(10)), { code: 'STORAGE_FULL', at: { file: '/dev/full' } });
  });

  it('tells what else fails, with the path and the cause', () => {
    const path = join(folder, 'missing', 'file');
    assert.throws(
      () => createFileSink(path),
      (error: { code: string; message: string; cause: unknown }) => {
        assert.equal(error.code, 'STORAGE_FAILED');
        assert.match(error.message, /missing.file: ENOENT/);
        assert.ok(error.cause instanceof Error);
        return true;
      },
    );
  });

  it('writes a file that the disk is set to work on before its end', async () => {
    const path = join(folder, 'large');
    const sink = createFileSink(path);
    const chunk = Buffer.alloc(1 << 20);
    const expected = createHash('sha256');
    for (let fill = 0; fill < 40; fill++) {
      sink.write(chunk.fill(fill));
      expected.update(chunk);
    }
    const { bytes, sha256 } = await sink.close();
    assert.deepEqual([bytes, sha256], [40 << 20, expected.digest('hex')]);
    assert.equal(createHash('sha256').update(readFileSync(path)).digest('hex'), sha256);
  });

  it('throws at its end what could not be flushed', async function () {
    if (process.platform !== 'linux') skip(this, 'other systems flush a device without complaint');
    // A device has no disk to be flushed to. The link is there so that discarding removes no more than itself.
    const path = join(folder, 'device');
    symlinkSync('/dev/null', path);
    const sink = createFileSink(path);
    for (let i = 0; i < 17; i++) sink.write(new Uint8Array(1 << 20));
    await assert.rejects(sink.close(), {
      code: 'STORAGE_FAILED',
      message: /could not flush .*device: EINVAL/,
      at: { file: path },
    });
    sink.discard();
    assert.equal(existsSync(path), false);
  });

  it('is not closed twice, nor once it was discarded', async () => {
    const sink = createFileSink(join(folder, 'twice'));
    await sink.close();
    await assert.rejects(sink.close(), { code: 'INTERNAL' });
    const discarded = createFileSink(join(folder, 'discarded'));
    const closing = discarded.close();
    discarded.discard();
    await assert.rejects(closing, { code: 'INTERNAL' });
    assert.equal(existsSync(join(folder, 'discarded')), false);
  });

  it('keeps no file open that is discarded while the disk is at work on it', async function () {
    if (!existsSync('/proc/self/fd')) skip(this, 'this system does not list open files');
    const path = join(folder, 'large-discarded');
    const sink = createFileSink(path);
    for (let i = 0; i < 17; i++) sink.write(new Uint8Array(1 << 20));
    sink.discard();
    const isOpen = (): boolean => readdirSync('/proc/self/fd').some((number) => opens(number, path));
    while (isOpen()) await setImmediate();
    assert.equal(existsSync(path), false);
  });

  it('removes what was written when it is discarded', () => {
    const path = join(folder, 'discarded');
    const sink = createFileSink(path);
    sink.write(new Uint8Array(10));
    sink.discard();
    assert.equal(existsSync(path), false);
    assert.throws(() => sink.write(new Uint8Array(1)), { code: 'INTERNAL' });
  });
});

/** Whether an open file of this process is the one that was at `path`. */
function opens(number: string, path: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${number}`).startsWith(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return false;
    throw error;
  }
}

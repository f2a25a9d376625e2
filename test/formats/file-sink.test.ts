import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Crc32c, createFileSink } from '../../src/formats/index.js';
import { skip } from '../oracle/index.js';

describe('a file sink', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sink-test-'));
  after(() => rmSync(folder, { recursive: true }));

  it('writes chunks and tells size and checksums of the whole', () => {
    const path = join(folder, 'whole');
    const sink = createFileSink(path);
    const chunk = new Uint8Array(100_000);
    for (const fill of [1, 2, 3]) sink.write(chunk.fill(fill));
    assert.equal(sink.bytes, 300_000);
    const digest = sink.close();
    const content = readFileSync(path);
    assert.deepEqual(digest, {
      bytes: 300_000,
      crc32c: new Crc32c().update(content).digestBase64(),
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    assert.deepEqual([content[0], content[100_000], content[299_999]], [1, 2, 3]);
  });

  it('takes the word of who knows the checksum of a chunk', () => {
    const path = join(folder, 'known');
    const sink = createFileSink(path);
    const chunk = new Uint8Array(10_000).fill(7);
    sink.write(chunk);
    sink.write(chunk, new Crc32c().update(chunk).digest());
    sink.write(chunk);
    assert.equal(sink.close().crc32c, new Crc32c().update(readFileSync(path)).digestBase64());
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

  it('removes what was written when it is discarded', () => {
    const path = join(folder, 'discarded');
    const sink = createFileSink(path);
    sink.write(new Uint8Array(10));
    sink.discard();
    assert.equal(existsSync(path), false);
    assert.throws(() => sink.write(new Uint8Array(1)), { code: 'INTERNAL' });
  });
});

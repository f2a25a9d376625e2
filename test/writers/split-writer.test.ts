import assert from 'node:assert/strict';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetsError } from '../../src/core/errors/index.js';
import { features, scalar, text } from '../../src/features/index.js';
import { SplitWriter } from '../../src/writers/index.js';
import { temporaryFolder } from './rows.js';

const schema = features({ n: scalar('int32'), s: text() });

describe('a split writer', () => {
  const folder = temporaryFolder();
  const open = (options: { file?: string; bufferBytes?: number; privateKeys?: boolean } = {}): SplitWriter =>
    new SplitWriter({ split: 'train', schema, file: join(folder.path, 'rows'), sourceShard: 'all', ...options });

  it('names split, key and field of an example that does not fit, and goes on after it', () => {
    const writer = open();
    writer.add('a', { n: 1, s: 'x' });
    assert.throws(
      () => writer.add('b', { n: 2 ** 31, s: 'x' }),
      (error) => {
        assert.ok(error instanceof DatasetsError);
        assert.equal(error.code, 'EXAMPLE_INVALID');
        assert.deepEqual(error.at, { field: 'n', split: 'train', key: "'b'" });
        for (const part of ["split 'train'", "key 'b'", 'n:', '2147483648'])
          assert.ok(error.message.includes(part), error.message);
        assert.ok(error.cause instanceof DatasetsError);
        return true;
      },
    );
    writer.add('c', { n: 3, s: 'x' });
    const run = writer.finish();
    assert.equal(run.rows, 2);
    assert.equal(
      run.segments.reduce((sum, { rowCounts }) => sum + rowCounts.reduce((rows, more) => rows + more, 0), 0),
      2,
    );
  });

  it('shows a private key as the beginning of its hash', () => {
    const writer = open({ privateKeys: true });
    assert.throws(
      () => writer.add('ann@example.org', { n: 'one', s: 'x' }),
      (error: DatasetsError) => !error.message.includes('ann') && /md5 [0-9a-f]{12}/.test(error.at.key ?? ''),
    );
    writer.abort();
  });

  it('refuses a key that is none, and says of which split', () => {
    const writer = open();
    assert.throws(
      () => writer.add(1.5, { n: 1, s: '' }),
      (error: DatasetsError) =>
        error.code === 'KEY_INVALID' && error.at.split === 'train' && error.message.includes('1.5'),
    );
    assert.equal(writer.examples, 0);
    writer.abort();
  });

  it('makes no file for a split without examples, and none that was aborted', () => {
    assert.deepEqual(open().finish().segments, []);
    const aborted = open({ bufferBytes: 100 });
    for (let n = 0; n < 10; n++) aborted.add(n, { n, s: '' });
    assert.ok(existsSync(join(folder.path, 'rows')));
    aborted.abort();
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('reports a full disk, and leaves nothing', () => {
    const file = join(folder.path, 'full');
    symlinkSync('/dev/full', file);
    const writer = open({ file, bufferBytes: 1000 });
    const fill = (): void => {
      for (let n = 0; n < 100; n++) writer.add(n, { n, s: '' });
    };
    assert.throws(fill, { code: 'STORAGE_FULL', message: /rows|full/ });
    writer.abort();
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('reports a folder that is not there', () => {
    const writer = open({ file: join(folder.path, 'missing', 'rows') });
    writer.add(1, { n: 1, s: '' });
    assert.throws(() => writer.finish(), { code: 'STORAGE_FAILED', message: /missing/ });
  });
});

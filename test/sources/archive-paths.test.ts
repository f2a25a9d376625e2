import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from '../../src/build/index.js';
import {
  arrow,
  csv,
  inferFields,
  jsonl,
  parquet,
  type Source,
  type SourceContext,
  sql,
  textLines,
} from '../../src/sources/index.js';
import { TeamProject } from '../build/team-project.js';
import { requireGcs } from '../gcs/index.js';
import { requireOracle } from '../oracle/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const csvOf = (from: number, to: number): string =>
  `id,text\n${Array.from({ length: to - from }, (_, i) => `${from + i},"näme ${from + i}"\n`).join('')}`;
const jsonlOf = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${JSON.stringify({ id: from + i })}\n`).join('');

describe('a path into an archive', () => {
  let folder: TemporaryFolder;
  let context: SourceContext;
  before(async function () {
    const oracle = requireOracle(this);
    folder = new TemporaryFolder();
    context = { ...folder.context, stagingDirectory: folder.file('staged') };
    const columns = { id: { type: 'pa.int64()', values: [1, 2 ** 40] } };
    await oracle.call('arrow.write_parquet', { file: folder.file('rows.parquet'), columns, options: {} });
    await oracle.call('arrow.write_ipc', { file: folder.file('rows.arrow'), columns, options: {} });
    const members = {
      'logs/b.csv': bytes(csvOf(300, 400)),
      'logs/a.csv': bytes(csvOf(0, 300)),
      'logs/packed.csv.gz': new Uint8Array(gzipSync(csvOf(0, 5))),
      'rows.jsonl': bytes(jsonlOf(0, 2000)),
      'rows.parquet': new Uint8Array(readFileSync(folder.file('rows.parquet'))),
      'rows.arrow': new Uint8Array(readFileSync(folder.file('rows.arrow'))),
    };
    for (const name of ['all.zip', 'all.tar', 'all.tar.gz']) {
      await oracle.call('sources.write_archive', { file: folder.file(name), members });
    }
    const frames = [new Uint8Array(readFileSync(folder.file('all.tar')))];
    await oracle.call('sources.write_zstd', { file: folder.file('all.tar.zst'), frames });
    for (const [name, content] of Object.entries(members)) folder.write(name.replace('/', '-'), content);
  });
  after(() => folder?.remove());

  for (const archive of ['all.zip', 'all.tar', 'all.tar.gz', 'all.tar.zst']) {
    it(`is read as the file is that was packed: ${archive}`, async () => {
      const kinds: readonly (readonly [member: string, file: string, read: (file: string) => Source<unknown>])[] = [
        ['logs/a.csv', 'logs-a.csv', (file) => csv(file, { types: { id: 'int32' }, rangeBytes: 1000 })],
        ['rows.jsonl', 'rows.jsonl', (file) => jsonl(file, { rangeBytes: 4000 })],
        ['rows.parquet', 'rows.parquet', (file) => parquet(file)],
        ['rows.arrow', 'rows.arrow', (file) => arrow(file)],
      ];
      for (const [member, file, read] of kinds) {
        const plain = await readAll(read(file), context);
        const packed = await readAll(read(`${archive}!/${member}`), context);
        const named = (texts: readonly string[]) => texts.map((text) => text.replace(file, `${archive}!/${member}`));
        assert.ok(plain.elements.length > 0);
        assert.deepEqual(packed.elements, plain.elements);
        assert.deepEqual(packed.shards, named(plain.shards));
        assert.deepEqual(packed.positions, named(plain.positions));
      }
    });
  }

  it('may be a pattern, in the order of names, of files that are packed themselves', async () => {
    const ids = async (path: string | readonly string[]) =>
      (await readAll<Record<string, unknown>>(csv(path), context)).elements.map(({ id }) => Number(id));
    assert.deepEqual(await ids(['al?.zip!/logs/*.csv', 'all.tar!/logs/*.csv']), [
      ...Array.from({ length: 400 }, (_, id) => id),
      ...Array.from({ length: 400 }, (_, id) => id),
    ]);
    assert.deepEqual(await ids('all.tar.gz!/**/packed.csv.gz'), [0, 1, 2, 3, 4]);
    const url = new URL('./all.zip!/logs/b.csv', `${pathToFileURL(folder.path)}/`);
    assert.equal((await readAll(csv(url), context)).elements.length, 100);
  });

  it('may name a table of a query, and files whose fields are inferred', async () => {
    const query = sql('SELECT count(*) AS n, max(CAST(id AS BIGINT)) AS most FROM logs', {
      tables: { logs: 'all.zip!/logs/?.csv' },
    });
    assert.deepEqual((await readAll(query, context)).elements, [{ n: 400n, most: 399n }]);
    const fields = await inferFields('all.tar!/logs/*.csv', { baseDirectory: folder.path });
    assert.deepEqual(
      fields.map(({ name, type }) => [name, type.kind]),
      [
        ['id', 'int64'],
        ['text', 'string'],
      ],
    );
  });

  it('names the archive as its input, once, and is extracted again only when that was changed', async function () {
    const source = csv('changing.zip!/*.csv');
    const write = (rows: number) =>
      requireOracle(this).call('sources.write_archive', {
        file: folder.file('changing.zip'),
        members: { 'a.csv': bytes(csvOf(0, rows)), 'b.csv': bytes(csvOf(0, 1)) },
      });
    await write(3);
    const own = { ...context, stagingDirectory: folder.file('staged-changing') };
    assert.equal((await readAll(source, own)).elements.length, 4);
    const digest = createHash('sha256')
      .update(readFileSync(folder.file('changing.zip')))
      .digest('hex');
    const [state, ...others] = await source.state(own);
    assert.deepEqual([state?.uri, state?.digest, others], ['changing.zip', digest, []]);
    const stamp = await source.stamp?.(own);
    // What another attempt has extracted is read.
    const [members = ''] = readdirSync(own.stagingDirectory).filter((name) => !name.endsWith('.json'));
    writeFileSync(join(own.stagingDirectory, members, '1.csv'), csvOf(7, 8));
    assert.deepEqual((await readAll(source, own)).elements.at(-1), { id: '7', text: 'näme 7' });
    assert.equal(await source.stamp?.(own), stamp);
    rmSync(join(own.stagingDirectory, members, '0.csv'));
    assert.equal((await readAll(source, own)).elements.length, 4);
    await write(10);
    assert.notEqual(await source.stamp?.(own), stamp);
    assert.equal((await readAll(source, own)).elements.length, 11);
  });

  it('that leads nowhere, or into something damaged or unsafe, is refused by name', async function () {
    const oracle = requireOracle(this);
    const members = { 'a.csv': bytes(csvOf(0, 300)) };
    await oracle.call('sources.write_archive', { file: folder.file('twice.zip'), members, repeated: 'a.csv' });
    await oracle.call('sources.write_archive', {
      file: folder.file('unsafe.tar'),
      members: { ...members, '../b.csv': bytes('') },
    });
    const whole = readFileSync(folder.file('all.zip'));
    const damaged = Buffer.from(whole);
    damaged[60] = (damaged[60] ?? 0) ^ 255;
    writeFileSync(folder.file('damaged.zip'), damaged);
    for (const [path, code, message] of [
      ['all.zip!/logs/c.csv', 'SOURCE_NOT_FOUND', /No file of all\.zip matches logs\/c\.csv/],
      ['none.zip!/a.csv', 'SOURCE_NOT_FOUND', /none\.zip/],
      ['twice.zip!/a.csv', 'ARCHIVE_UNSAFE', /twice\.zip.*"a\.csv" comes twice/],
      ['unsafe.tar!/a.csv', 'ARCHIVE_UNSAFE', /unsafe\.tar.*leads out of it/],
      ['damaged.zip!/logs/b.csv', 'SOURCE_MALFORMED', /damaged\.zip/],
    ] as const) {
      await assert.rejects(readAll(csv(path), context), (error: Error & { code?: string; hint?: string }) => {
        assert.equal(error.code, code, String(error));
        assert.match(error.message, message);
        if (path.startsWith('all.zip')) assert.match(error.hint ?? '', /"logs\/b\.csv"/);
        return true;
      });
    }
    await assert.rejects(readAll(textLines('all.zip!/logs/../../x'), context), { code: 'SOURCE_NOT_FOUND' });
  });

  it('stops at what becomes more than 200 times its archive', async function () {
    const members = { 'zeros.csv': new Uint8Array(80 << 20) };
    await requireOracle(this).call('sources.write_archive', { file: folder.file('bomb.zip'), members });
    await assert.rejects(readAll(csv('bomb.zip!/zeros.csv'), context), {
      code: 'LIMIT_EXCEEDED',
      hint: /Unpack it by hand/,
    });
  });

  it('leads into archives of a bucket as well', async function () {
    const { url, storage } = await (await requireGcs(this)).newBucket();
    for (const name of ['all.zip', 'all.tar.gz']) {
      await storage.upload(folder.file(name), name);
      const source = csv(`${url}/${name}!/logs/*.csv`);
      const { elements, shards } = await readAll(source, context);
      assert.equal(elements.length, 400);
      assert.equal(shards[0], `${url}/${name}!/logs/a.csv`);
      assert.equal(source.remote, true);
      assert.match((await source.state(context))[0]?.digest ?? '', /^crc32c:/);
    }
  });

  it('gives the same version as the files themselves, with two workers', async () => {
    const project = await TeamProject.create();
    try {
      const body = (path: string) => `
  static override readonly versions = { '1.0.0': 'First.' };
  override info() { return { description: 'd', features: features({ text: text() }) }; }
  override splits(p: any) {
    return { train: p.read(csv('${path}', { rangeBytes: 1000 })).keyBy((row: any) => row.id).mapValues((row: any) => ({ text: row.text })) };
  }`;
      await project.addFile('datasets/packed/all.zip', readFileSync(folder.file('all.zip')));
      for (const name of ['a', 'b']) {
        await project.addFile(`datasets/plain/${name}.csv`, readFileSync(folder.file(`logs-${name}.csv`)));
      }
      await project.addDataset('packed', body('all.zip!/logs/*.csv'));
      await project.addDataset('plain', body('*.csv'));
      const config = await project.config();
      const [packed, plain] = [await build('packed', { config }), await build('plain', { config })];
      assert.equal(packed.splits[0]?.examples, 400);
      assert.equal(packed.contentDigest, plain.contentDigest);
    } finally {
      await project.remove();
    }
  });
});

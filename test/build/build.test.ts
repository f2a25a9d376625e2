import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from '../../src/build/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { recordFormats } from '../../src/registry/index.js';
import { requireOracle } from '../oracle/index.js';
import { digestsBelow, TeamProject } from './team-project.js';

const one = "static override readonly versions = { '1.0.0': 'First.' };";
const info = (fields: string, rest = ''): string =>
  `override info() { return { description: 'd', features: features({ ${fields} }), ${rest} }; }`;
const generated = (pairs: string): string =>
  `override splits(p: any) { return { train: p.generate(function* () { ${pairs} }) }; }`;

describe('a build', () => {
  let project: TeamProject;
  beforeEach(async () => {
    project = await TeamProject.create();
  });
  afterEach(() => project.remove());

  /** The error that stops a build, which must leave nothing in the registry. */
  async function refusal(body: string, before?: string): Promise<DatasetsError> {
    await project.addDataset('sample', body, before);
    const error: unknown = await build('sample', { config: await project.config() }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DatasetsError, String(error));
    assert.deepEqual(await project.leftovers(), []);
    assert.ok(error.hint !== undefined && error.hint !== '', `no hint: ${error.message}`);
    return error;
  }

  const wide = `${one}
  ${info("id: scalar('int64'), name: text(), half: lib.optional(scalar('float32')), list: lib.sequence(scalar('int32'))")}
  override splits(p: any) {
    const rows = p.read(csv('./rows.csv', { types: { id: 'int64' }, splitBytes: 4096 }));
    const sizes = rows.keyBy((row: any) => row.group).groupByKey().mapValues((values: any) => [...values].length);
    return rows.keyBy((row: any) => row.group).join(sizes).values()
      .keyBy(([row]: any) => row.id)
      .mapValues(([row, size]: any) => ({ id: row.id, name: row.group, half: size % 2 ? size / 2 : null, list: [size, size + 1] }))
      .splitBy((example: any) => example.name, { train: 0.8, test: 0.2 });
  }`;

  it('gives the same bytes inline and with 1, 2 and 8 workers, and with another buffer', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => `${id},g${(id * 7919) % 97}`);
    await project.addFile('datasets/wide/rows.csv', `id,group\n${rows.join('\n')}\n`);
    await project.addDataset('wide', wide);
    const settings = [
      { runner: 'inline' },
      { workers: 1 },
      { workers: 2, bufferBytes: 65_536 },
      { workers: 8 },
    ] as const;
    const all = [];
    for (const [index, flags] of settings.entries()) {
      const config = await project.config({ ...flags, formats: recordFormats, registry: `registry-${index}` });
      const { directory, splits } = await build('wide', { config });
      assert.equal(
        splits.reduce((sum, split) => sum + split.examples, 0),
        20_000,
      );
      all.push(await digestsBelow(directory));
    }
    for (const format of recordFormats) {
      assert.ok(Object.keys(all[0] ?? {}).some((path) => path.includes(format)));
    }
    for (const digests of all.slice(1)) assert.deepEqual(digests, all[0]);
  });

  it('publishes what stock tfds and Hugging Face read, every value', async function () {
    const oracle = requireOracle(this);
    await project.addDataset(
      'small',
      `${one} ${info("x: scalar('int64'), name: text()")}
      ${generated("for (let i = 0; i < 50; i++) yield ['k' + i, { x: BigInt(i) - 10n, name: 'n' + i }];")}`,
    );
    const { directory } = await build('small', { config: await project.config() });
    const examples = (await oracle.call('tfds.read', {
      name: 'small',
      data_dir: project.registry,
      split: 'train',
    })) as readonly unknown[];
    assert.equal(examples.length, 50);
    const hf = (await oracle.call('hf.load_from_disk', { directory: join(directory, 'arrow') })) as Record<
      string,
      { rows: readonly { x: unknown; name: string }[] }
    >;
    const rows = hf['train']?.rows ?? [];
    assert.deepEqual(
      new Set(rows.map(({ x, name }) => `${x} ${name}`)),
      new Set(Array.from({ length: 50 }, (_, i) => `${i - 10} n${i}`)),
    );
  });

  it('does nothing the second time, and says where the version is', async () => {
    await project.addDataset('small', `${one} ${info("x: scalar('int64')")} ${generated('yield [1, { x: 1 }];')}`);
    const config = await project.config();
    const first = await build('small', { config });
    const again = await build('small:1.0.0', { config });
    assert.equal(again.status, 'exists');
    assert.deepEqual(
      [again.directory, again.contentDigest, again.splits],
      [first.directory, first.contentDigest, first.splits],
    );
    await assert.rejects(build('small', { config, ifExists: 'fail' }), { code: 'VERSION_EXISTS' });
    const replaced = await build('small', { config, ifExists: 'overwrite' });
    assert.equal(replaced.status, 'built');
  });

  it('takes the configs and versions that the class offers, and names the nearest for others', async () => {
    await project.addDataset(
      'many',
      `static override readonly versions = { '2.0.0': 'b', '1.0.0': 'a', '0.9.0': 'z' };
      static override readonly supportedVersions = ['1.0.0'];
      static override readonly blockedVersions = { '1.0.0': 'labels were shifted' };
      static override readonly configs = { men: 'm', women: 'w' };
      ${info('x: text()')} override splits(p: any) { const { config, version } = this; return { train: p.create([[1, { x: config + version }]]).keyBy((e: any) => e[0]).mapValues((e: any) => e[1]) }; }`,
    );
    const config = await project.config();
    const { directory } = await build('many', { config });
    assert.equal(directory, join(project.registry, 'many', 'men', '2.0.0'));
    await build('many/women', { config });
    await assert.rejects(build('many/wemen', { config }), { code: 'CONFIG_UNKNOWN', hint: /Did you mean women\?/ });
    await assert.rejects(build('many:1.0.0', { config }), { code: 'VERSION_BLOCKED', message: /labels were shifted/ });
    await assert.rejects(build('many:0.9.0', { config }), {
      code: 'VERSION_UNKNOWN',
      message: /can't build it any more/,
    });
    await assert.rejects(build('mny', { config }), { code: 'DATASET_UNKNOWN', hint: /Did you mean many\?/ });
  });

  it('limits examples to the same first ones with any number of workers', async () => {
    await project.addDataset(
      'small',
      `${one} ${info("x: scalar('int64')")} ${generated('for (let i = 0; i < 500; i++) yield [i, { x: i }];')}`,
    );
    const digests = [];
    for (const workers of [1, 3]) {
      const config = await project.config({ workers, registry: `r${workers}` });
      const result = await build('small', { config, maxExamplesPerSplit: 7 });
      assert.equal(result.splits[0]?.examples, 7);
      digests.push(result.contentDigest);
    }
    assert.equal(digests[0], digests[1]);
  });

  it('shows both examples of a duplicate key and where they came from', async () => {
    const error = await refusal(
      `${one} ${info("x: scalar('int64')")} ${generated("yield ['a', { x: 11 }]; yield ['b', { x: 12 }]; yield ['a', { x: 13 }];")}`,
    );
    assert.equal(error.code, 'KEY_DUPLICATE');
    for (const part of [/"a"|'a'/, /11/, /13/]) assert.match(error.message, part);
  });

  it('names split, key and field of a wrong value', async () => {
    const error = await refusal(
      `${one} ${info("user: lib.record({ age: scalar('uint8') })")} ${generated("yield ['k7', { user: { age: 256 } }];")}`,
    );
    assert.equal(error.code, 'EXAMPLE_INVALID');
    assert.deepEqual([error.at.split, error.at.field], ['train', 'user/age']);
    assert.match(error.message, /k7/);
    assert.match(error.message, /256/);
  });

  it("names the transform, the key and the source's line when the author's code throws, and keeps its stack", async () => {
    await project.addFile('datasets/sample/rows.csv', 'id,v\n1,a\n2,b\n');
    const error = await refusal(
      `${one} ${info('x: text()')}
      override splits(p: any) {
        return { train: p.read(csv('./rows.csv')).keyBy((row: any) => row.id).mapValues((row: any) => explode(row), { name: 'to example' }) };
      }`,
      "function explode(row: any) { if (row.v === 'b') throw new RangeError('no b please'); return { x: row.v }; }",
    );
    assert.equal(error.code, 'USER_CODE');
    assert.equal(error.at.transform, 'to example');
    assert.match(`${error.at.source}`, /rows\.csv line 3/);
    assert.match(error.message, /no b please/);
    assert.match(error.message, /"?2"?/);
    assert.ok(error.cause instanceof Error);
    assert.match(`${error.cause.stack}`, /explode .*builder\.ts:3/);
  });

  it('refuses personal data without a policy', async () => {
    const error = await refusal(
      `${one} ${info("who: text({ pii: 'name' })")} ${generated("yield [1, { who: 'Ann' }];")}`,
    );
    assert.equal(error.code, 'PRIVACY_POLICY_MISSING');
  });

  it('never shows private values or keys', async () => {
    const error =
      await refusal(`${one} ${info("who: text({ pii: 'name' }), n: scalar('int8')", "keyPii: 'name', privacy: { name: { policy: 'keep', reason: 'test' } }")}
      ${generated("yield ['Ann', { who: 'Ann', n: 1 }]; yield ['Ann', { who: 'Ann', n: 2 }];")}`);
    assert.equal(error.code, 'KEY_DUPLICATE');
    assert.doesNotMatch(`${error.message}`, /who.*Ann/);
  });

  it('pseudonymises keys made of personal data before they are hashed', async () => {
    const body = `${one} ${info("n: scalar('int8')", "keyPii: 'name', privacy: { name: { policy: 'pseudonymise', algorithm: 'hmac-sha256', secret: 'env:AILAB_TEST_SECRET' } }")}
      ${generated("yield ['Ann', { n: 1 }];")}`;
    const missing = await refusal(body);
    assert.match(missing.message, /AILAB_TEST_SECRET is not set/);
    process.env['AILAB_TEST_SECRET'] = 'open sesame';
    try {
      const { directory } = await build('sample', { config: await project.config() });
      const manifest = await readFile(join(directory, 'manifest.json'), 'utf8');
      assert.ok(!manifest.includes('open sesame') && manifest.includes('env:AILAB_TEST_SECRET'));
    } finally {
      delete process.env['AILAB_TEST_SECRET'];
    }
  });

  it('names the node of a graph that differs in a worker', async () => {
    const error = await refusal(
      `${one} ${info("x: scalar('int64')")}
      override splits(p: any) {
        const rows = p.generate(function* () { yield [1, { x: 1 }]; });
        return { train: isMainThread ? rows : rows.filter(() => true, { name: 'only in workers' }) };
      }`,
      "import { isMainThread } from 'node:worker_threads';",
    );
    assert.equal(error.code, 'GRAPH_MISMATCH');
    assert.match(error.message, /only in workers/);
  });

  it('stops when it is interrupted, and leaves nothing', async () => {
    await project.addDataset(
      'slow',
      `${one} ${info("x: scalar('int64')")}
      override splits(p: any) { return { train: p.generate(async function* () { for (let i = 0; ; i++) { await new Promise((r) => setTimeout(r, 5)); yield [i, { x: i }]; } }) }; }`,
    );
    const controller = new AbortController();
    const running = build('slow', {
      config: await project.config(),
      signal: controller.signal,
      onProgress: (event) => {
        if (event.type === 'rows' && event.rows > 0) controller.abort();
      },
    });
    setTimeout(() => controller.abort(), 3000).unref();
    await assert.rejects(running, { code: 'INTERRUPTED' });
    assert.deepEqual(await project.leftovers(), []);
  });
});

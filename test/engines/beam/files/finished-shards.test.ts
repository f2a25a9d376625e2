import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LeftShards, openWorkFiles, takeShards } from '../../../../src/engines/beam/files/index.js';
import { createEngine, type SplitOutput } from '../../../../src/engines/index.js';
import { type Gcs, requireGcs } from '../../../gcs/index.js';
import { digests, runJob } from '../../run-job.js';
import { temporaryDirectory } from '../../temporary-directory.js';
import { throughWorkFiles } from './through-work-files.js';

const formats = ['tfrecord', 'arrow'] as const;

describe('shards that workers wrote to a work location', () => {
  const directory = temporaryDirectory();
  let gcs: Gcs;
  before(async function () {
    gcs = await requireGcs(this);
  });

  it('may stay in the bucket, are verified there, and have the bytes that inline gives', async () => {
    const { url, storage } = await gcs.newBucket();
    const expected = digests(await runJob(directory(), { config: 'split', job: { formats } }));
    const left: LeftShards[] = [];
    const engine = throughWorkFiles({ workers: [openWorkFiles(url, { scratch: directory() })], left });
    const run = await runJob(directory(), { config: 'split', engine, job: { formats } });
    assert.deepEqual(digests(run), {});
    const [{ urls } = { urls: new Map<string, string>() }] = left;
    const found: Record<string, string> = {};
    for (const [path, at] of [...urls].sort()) {
      const content = (await storage.read(at.slice(url.length + 1))) ?? new Uint8Array(0);
      found[path] = createHash('sha256').update(content).digest('hex');
    }
    assert.deepEqual(found, expected);
    const paths = run.output.splits.flatMap(({ shards }) =>
      shards.flatMap(({ files }) => files.map(({ path }) => path)),
    );
    assert.deepEqual(paths.sort(), [...urls.keys()].map((path) => join(run.outputDirectory, path)).sort());
  });

  it('are refused where one was changed, in the bucket as on its way to this machine', async () => {
    for (const left of [[], undefined] as const) {
      const { url, storage } = await gcs.newBucket();
      let damaged = '';
      const workers = [openWorkFiles(url, { scratch: directory() })];
      const engine = throughWorkFiles({
        workers,
        ...(left && { left: [...left] }),
        ended: async () => {
          const names = await (workers[0] ?? assert.fail()).list('attempts');
          damaged = names.find((name) => name.includes('tfrecord-')) ?? '';
          const bytes = Buffer.from((await storage.read(damaged)) ?? []);
          bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
          await storage.write(damaged, bytes);
        },
      });
      await assert.rejects(runJob(directory(), { config: 'counted', engine }), {
        code: 'DATA_CORRUPT',
        message: /pipelines-train.* has crc32c .*, and its worker wrote/,
      });
    }
  });

  it('are moved out of a shared directory, and refused where one was changed', async () => {
    const expected = digests(await runJob(directory(), { config: 'groups' }));
    const shared = join(directory(), 'shared');
    const files = openWorkFiles(shared, { scratch: directory() });
    const run = await runJob(directory(), { config: 'groups', engine: throughWorkFiles({ workers: [files] }) });
    assert.deepEqual(digests(run), expected);
    const shards = (await files.list('attempts')).filter((name) => name.includes('/pipelines-'));
    assert.deepEqual(shards, []);
    const damage = async () => {
      const [name = ''] = (await files.list('attempts')).filter((file) => file.includes('/pipelines-'));
      appendFileSync(join(shared, name), 'x');
    };
    await assert.rejects(
      runJob(directory(), { config: 'groups', engine: throughWorkFiles({ workers: [files], ended: damage }) }),
      { code: 'DATA_CORRUPT', message: /bytes, and its worker wrote/ },
    );
  });

  it('never leave the directory of the version', async () => {
    const files = openWorkFiles(join(directory(), 'shared'), { scratch: directory() });
    const { output } = await runJob(directory(), { config: 'counted' });
    const [split] = output.splits as readonly [SplitOutput];
    const away = (path: string) => ({
      ...split,
      shards: split.shards.map((shard) => ({ ...shard, files: shard.files.map((file) => ({ ...file, path })) })),
    });
    for (const path of ['attempts/a/../../../out', '/etc/passwd', 'attempts/a', 'elsewhere/a/b'])
      await assert.rejects(takeShards(files, [away(path)], join(directory(), 'version')), { code: 'INTERNAL' });
    assert.equal(existsSync(join(directory(), 'version')), false);
  });

  it('hold the examples that were planned', async () => {
    const files = openWorkFiles(join(directory(), 'shared'), { scratch: directory() });
    const { output } = await runJob(directory(), { config: 'groups', engine: createEngine('inline') });
    const [split] = output.splits as readonly [SplitOutput];
    const lacking = { ...split, examples: split.examples + 1 };
    await assert.rejects(takeShards(files, [lacking], directory()), { message: /hold 7 examples, and 8 were planned/ });
  });
});

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openWorkFiles, type WorkFiles } from '../../../../src/engines/beam/files/index.js';
import { sourceStaging } from '../../../../src/engines/index.js';
import type { RecordSlice } from '../../../../src/engines/shuffle/index.js';
import type { SideInputTask, StageTask, Task } from '../../../../src/engines/task/task.js';
import type { GcsStorage } from '../../../../src/storage/index.js';
import { type Gcs, requireGcs } from '../../../gcs/index.js';
import { type RequestProxy, startRequestProxy } from '../../../registry/request-proxy.js';
import { temporaryDirectory } from '../../temporary-directory.js';

describe('a work location in a bucket', () => {
  const directory = temporaryDirectory();
  let gcs: Gcs;
  let url = '';
  let storage: GcsStorage;
  before(async function () {
    gcs = await requireGcs(this);
  });
  beforeEach(async () => {
    ({ url, storage } = await gcs.newBucket());
  });

  const open = (location = url): WorkFiles => openWorkFiles(location, { scratch: directory() });

  it('keeps a document as it was created first', async () => {
    const files = open();
    assert.equal(await files.put('plans/stage1', 'first'), true);
    assert.equal(await files.put('plans/stage1', 'second'), false);
    assert.equal(Buffer.from(await files.get('plans/stage1')).toString(), 'first');
    assert.deepEqual(await files.list('plans'), ['plans/stage1']);
    await assert.rejects(files.get('plans/stage2'), { code: 'STORAGE_FAILED', message: /plans\/stage2 is not there/ });
    for (const name of ['../x', 'a//b', '', '/x', 'a/./b'])
      await assert.rejects(async () => files.put(name, 'x'), name);
  });

  it('takes documents that are larger than metadata', async () => {
    const document = Buffer.alloc(65 << 20, 'tables ');
    const files = open();
    await files.put('tasks/1', document);
    assert.equal(sha256(await files.get('tasks/1')), sha256(document));
  });

  it('is read in the ranges that a task needs, near ones together, and no further', async () => {
    const content = randomBytes(6 << 20);
    await storage.write('attempts/run', content);
    await storage.write('attempts/other', content.subarray(0, 5000));
    const asked: number[] = [];
    const proxy = await proxied(gcs, (range) => asked.push(range));
    try {
      const files = open();
      const slices: RecordSlice[] = [
        { file: 'attempts/run', offset: 4_000_000, bytes: 1_500_000 },
        { file: 'attempts/other', offset: 0, bytes: 5000 },
        { file: 'attempts/run', offset: 1000, bytes: 500 },
        { file: 'attempts/run', offset: 2000, bytes: 10 },
        { file: 'attempts/run', offset: 1000, bytes: 500 },
        { file: 'attempts/run', offset: 1_000_000, bytes: 1 },
      ];
      const { task, close } = await files.localise(relay(slices));
      assert.deepEqual(
        slicesOf(task).map(({ file, offset, bytes }) => sha256(readFileSync(file).subarray(offset, offset + bytes))),
        slices.map(({ offset, bytes }) => sha256(content.subarray(offset, offset + bytes))),
      );
      // 1,000 to 2,010 at once, and what is longer than 1 MiB in two.
      assert.deepEqual(
        asked.sort((a, b) => a - b),
        [1, 1010, 1_500_000 - (1 << 20), 1 << 20],
      );
      assert.equal(proxy.counts.get('stat'), 2);
      await close();
      asked.length = 0;
      await (await files.localise(relay(slices.slice(0, 1)))).close();
      assert.equal(proxy.counts.get('stat'), 2, 'what is known of an object is asked again');
      await files.close();
      assert.deepEqual(readdirSync(directory()), []);
    } finally {
      await endProxied(gcs, proxy);
    }
  });

  it('gives each attempt files of its own', async () => {
    const [one, other] = [open(), open()];
    const attempts = await Promise.all([
      one.localise(sideInput([])),
      other.localise(sideInput([])),
      one.localise(sideInput([])),
    ]);
    const results = await Promise.all(
      attempts.map(async ({ task, upload }, number) => {
        const { file } = task as SideInputTask;
        writeFileSync(file, `value ${number}`);
        return upload({ kind: 'sideInput', file: { file, offset: 0, bytes: 7, crc32: 0 } });
      }),
    );
    const names = results.map((result) => (result.kind === 'sideInput' ? result.file.file : ''));
    assert.equal(new Set(names).size, 3);
    for (const name of names) assert.match(name, /^attempts\/side5-[0-9a-f]{16}\/side5-value$/);
    assert.deepEqual(await one.list('attempts'), [...names].sort());
    const [value] = await other.localiseSideInputs([{ node: 5, file: names[1] ?? '' }]);
    assert.equal(readFileSync(value?.file ?? '', 'utf8'), 'value 1');
    for (const attempt of attempts) await attempt.close();
    await one.remove();
    assert.deepEqual(await one.list(''), []);
  });

  it('fetches a side input once a worker, whichever tasks read it', async () => {
    await storage.write('attempts/side5-0/value', 'v');
    const proxy = await proxied(gcs);
    try {
      const files = open();
      const sideInputs = [{ node: 5, file: 'attempts/side5-0/value' }];
      const all = await Promise.all([1, 2, 3].map(() => files.localiseSideInputs(sideInputs)));
      assert.equal(new Set(all.map(([value]) => value?.file)).size, 1);
      assert.equal(proxy.counts.get('download'), 1);
    } finally {
      await endProxied(gcs, proxy);
    }
  });

  it('says which file was cut short or is gone, and leaves nothing on the machine', async () => {
    await storage.write('attempts/run', randomBytes(1000));
    const files = open();
    const beyond = files.localise(relay([{ file: 'attempts/run', offset: 900, bytes: 200 }]));
    await assert.rejects(beyond, { code: 'DATA_CORRUPT', message: /attempts\/run has 1000 bytes, and at least 1100/ });
    const gone = files.localise(relay([{ file: 'attempts/gone', offset: 0, bytes: 1 }]));
    await assert.rejects(gone, { code: 'STORAGE_FAILED', message: /attempts\/gone/ });
    // Whole objects have a checksum, which the server states.
    assert.deepEqual(filesBelow(directory()), []);
  });

  it('takes any name that a prefix, a member of an archive or a split may have', async () => {
    const odd = 'ä b/#1?%2F+&=\'";é/😀.csv';
    const location = `${url}/Größe #1?%20/x y`;
    const submitter = join(directory(), 'submitter #?%');
    const place = 'ab12/zip';
    for (const [path, content] of [
      [join(sourceStaging(submitter), 'query.parquet'), 'staged'],
      [join(sourceStaging(submitter), 'members/1/y'), 'extracted'],
      [join(submitter, 'downloads', place, odd), 'member'],
      [join(submitter, 'downloads', 'cd34/file/all.txt'), 'whole'],
    ] as const) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    const about = { in: 'download', url: 'https://x/y.zip', sha256: '', bytes: 1 } as const;
    const unit: StageTask['unit'] = {
      kind: 'shard',
      shard: {
        id: 'x',
        data: {
          file: { ...about, place, path: odd, isMember: true },
          parts: [{ range: { file: { in: 'staged', path: 'query.parquet' } } }],
          packed: { in: 'member', path: 'x.zip!/y', name: 'x.zip!/y', staged: 'members/1/y' },
        },
      },
    };
    const record = {
      url: '',
      sha256: '',
      bytes: 1,
      fileName: 'all.txt',
      place: 'cd34/file/all.txt',
      extracted: false,
      member: null,
    };
    const from = {
      workDirectory: submitter,
      downloadDirectory: join(submitter, 'downloads'),
      downloads: { 'https://x/all': record },
    };
    await open(location).stageInputs([unit], from);
    const worker = open(location);
    assert.deepEqual(await worker.list('inputs'), [
      `inputs/downloads/${place}/${odd}`,
      'inputs/downloads/cd34/file/all.txt',
      'inputs/staged/members/1/y',
      'inputs/staged/query.parquet',
    ]);
    const { workDirectory, downloadDirectory } = worker.directories;
    const { task } = await worker.localise({ ...relay([]), unit });
    assert.deepEqual(task.kind === 'stage' && task.unit, unit);
    assert.equal(readFileSync(join(sourceStaging(workDirectory), 'query.parquet'), 'utf8'), 'staged');
    assert.equal(readFileSync(join(sourceStaging(workDirectory), 'members/1/y'), 'utf8'), 'extracted');
    assert.equal(readFileSync(join(downloadDirectory, place, odd), 'utf8'), 'member');
    const [other, generating] = [open(location), open(location)];
    // Nobody but the author knows what a download is for that no source reads, and what a generator reads.
    await other.localise(relay([]));
    await generating.localise({ ...relay([]), unit: { kind: 'whole' } });
    for (const files of [worker, other, generating])
      assert.equal(readFileSync(join(files.directories.downloadDirectory, record.place), 'utf8'), 'whole');
    const members = [other, generating].map((files) =>
      existsSync(join(files.directories.downloadDirectory, place, odd)),
    );
    assert.deepEqual(members, [false, true]);
    await worker.close();
    assert.equal(existsSync(workDirectory), false);
  });
});

function relay(slices: readonly RecordSlice[]): StageTask {
  return {
    kind: 'stage',
    stage: 1,
    name: 'x',
    unit: { kind: 'relay', slices },
    filePrefix: 'stage1-task2',
    queues: [],
    limits: undefined,
    journal: undefined,
    resume: undefined,
  };
}

function sideInput(slices: readonly RecordSlice[]): SideInputTask {
  return {
    kind: 'sideInput',
    node: 5,
    form: 'list',
    slices,
    file: 'side5-value',
    filePrefix: 'side5',
    journal: undefined,
  };
}

function slicesOf(task: Task): readonly RecordSlice[] {
  return task.kind === 'stage' && task.unit.kind === 'relay' ? task.unit.slices : [];
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function filesBelow(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Whatever storage is opened meanwhile is reached through it. @param onRange told of the bytes that a request asks for, where it asks for some. */
async function proxied(gcs: Gcs, onRange: (bytes: number) => void = () => {}): Promise<RequestProxy> {
  const proxy = await startRequestProxy(gcs.endpoint, (_, { headers }) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (to !== undefined) onRange(Number(to) - Number(from) + 1);
  });
  process.env['STORAGE_EMULATOR_HOST'] = proxy.url;
  return proxy;
}

async function endProxied(gcs: Gcs, proxy: RequestProxy): Promise<void> {
  process.env['STORAGE_EMULATOR_HOST'] = gcs.endpoint;
  await proxy.close();
}

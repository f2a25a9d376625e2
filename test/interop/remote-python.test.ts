import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SnippetTarget, trainerSnippet, versionForSnippet } from '../../src/catalog/index.js';
import { DatasetsError, type ErrorCode } from '../../src/core/errors/index.js';
import { parseDatasetName, parseReference, type Version } from '../../src/core/names/index.js';
import { moveAlias, openRegistry, type Registry, readManifest, setYanked } from '../../src/registry/index.js';
import { TemporaryProject } from '../cli/run-cli.js';
import { type Bucket, requireGcs } from '../gcs/index.js';
import { type Finished, type Oracle, requireOracle } from '../oracle/index.js';
import { buildVersion, type TestVersion } from '../reader/build-version.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';

const version = (text: string): Version => text as Version;

describe('Python without Node, from a registry in a bucket', () => {
  let bucket: Bucket;
  let registry: Registry;
  let oracle: Oracle;
  let folder = '';
  let home = '';

  before(async function () {
    oracle = requireOracle(this);
    bucket = await (await requireGcs(this)).newBucket();
    registry = openRegistry(bucket.url);
    folder = mkdtempSync(join(tmpdir(), 'ailab-python-'));
    for (const number of ['1.0.0', '1.2.0', '1.10.0', '2.0.0']) await publish({ version: number });
    await publish({ name: 'by_config', config: 'men', formats: ['arrow'] });
    await publish({ name: 'by_config', config: 'women', formats: ['arrow'] });
    await bucket.storage.delete('by_config/.config/metadata.json');
    await publish({ name: 'one_config', config: 'only', formats: ['arrow'] });
    await bucket.storage.delete('one_config/.config/metadata.json');
    await publish({ name: 'default_config', config: 'men', formats: ['arrow'] });
    await publish({ name: 'default_config', config: 'women', formats: ['arrow'] });
    // What a publication looks like while it copies, and after it died: newer than all, and no version.
    await bucket.storage.write('sample/3.0.0/sample-train.tfrecord-00000-of-00001', 'torn');
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    home = mkdtempSync(join(folder, 'home-'));
  });

  function publish(build: Partial<TestVersion>): Promise<string> {
    return buildVersion({
      registry,
      workDirectory: folder,
      name: 'sample',
      schema: sampleSchema,
      splits: { train: sampleExamples(0, 30), test: sampleExamples(30, 37) },
      numShards: 2,
      ...build,
    });
  }

  /** The program that `snippet` prints, run as printed, with a home of its own. */
  async function run(code: string, name = 'program.py'): Promise<Finished> {
    const file = join(home, name);
    writeFileSync(file, code);
    return oracle.script([file], { env: { ...process.env, HOME: home } });
  }

  async function snippet(target: SnippetTarget, reference: string): Promise<string> {
    const { path } = await registry.resolve(parseReference(reference));
    await oracleFolder(path);
    const described = await versionForSnippet(join(folder, 'copies', path), { registry: bucket.url, reference });
    return trainerSnippet(target, described);
  }

  /** The metadata of a version in a local folder, as the cache holds it. */
  async function oracleFolder(path: string): Promise<void> {
    for (const file of ['manifest.json', 'dataset_info.json', 'features.json', 'label.labels.txt']) {
      const bytes = await bucket.storage.read(`${path}/${file}`);
      if (bytes === undefined) continue;
      mkdirSync(join(folder, 'copies', path), { recursive: true });
      writeFileSync(join(folder, 'copies', path, file), bytes);
    }
  }

  const succeeds = ({ exitCode, stderr }: Finished): void => assert.equal(exitCode, 0, stderr);
  const place = (path: string): string => join(home, 'datasets', path);

  /** The functions of the snippet alone. */
  async function functions(): Promise<string> {
    const code = await snippet('hf', 'sample');
    return code.slice(0, code.indexOf('from datasets import'));
  }

  describe('is fetched and read as printed', () => {
    for (const [target, check] of [
      ['tfds', "assert len(list(train)) == 30 and builder.version == '1.10.0'"],
      ['tensorflow', 'assert len(shards) == 2'],
      ['hf', 'assert len(train) == 30 and len(dataset["test"]) == 7'],
      ['numpy', 'assert train.num_rows == 30'],
    ] as const) {
      it(`for ${target}`, async () => {
        const finished = await run(`${await snippet(target, 'sample:1.*.*')}\n${check}\n`);
        succeeds(finished);
        assert.match(finished.stdout, new RegExp(`${bucket.url}/sample/1.10.0 is in ${place('sample/1.10.0')}`));
      });
    }

    it('whole, and byte for byte what the registry holds', async () => {
      succeeds(await run(`${await functions()}\npull('sample:1.2.0')\n`));
      const manifest = await readManifest(bucket.storage, 'sample/1.2.0');
      assert.ok(manifest !== undefined && manifest.files.length > 10);
      for (const { path } of manifest.files) {
        const stored = await bucket.storage.read(`sample/1.2.0/${path}`);
        assert.ok(stored !== undefined && readFileSync(place(`sample/1.2.0/${path}`)).equals(stored), path);
      }
      assert.deepEqual(
        readdirSync(place('sample/1.2.0')).sort(),
        (await bucket.storage.list('sample/1.2.0')).map(({ name }) => name).sort(),
      );
    });
  });

  /** The path and why it was yanked, or null where there is none that may be meant. */
  async function meaning(reference: string): Promise<readonly [string, string | null] | null> {
    try {
      const { path, yank } = await registry.resolve(parseReference(reference));
      return [path, yank?.reason ?? null];
    } catch (error) {
      assert.ok(error instanceof DatasetsError && unknown.has(error.code), String(error));
      return null;
    }
  }
  const unknown = new Set<ErrorCode>(['DATASET_UNKNOWN', 'CONFIG_UNKNOWN', 'VERSION_UNKNOWN', 'VERSION_YANKED']);

  it('finds the version that this package finds, for every form of reference', async () => {
    const sample = parseDatasetName('sample');
    const move = (alias: string, target: string | undefined) =>
      moveAlias(
        registry,
        sample,
        alias as Parameters<typeof moveAlias>[2],
        target === undefined ? undefined : { version: version(target) },
        {
          reason: 'test',
        },
      );
    await move('prod', '2.0.0');
    await move('prod', '1.0.0');
    await move('gone', '1.0.0');
    await move('gone', undefined);
    await moveAlias(
      registry,
      parseDatasetName('by_config'),
      'nightly' as Parameters<typeof moveAlias>[2],
      { config: 'women' as NonNullable<Parameters<typeof moveAlias>[3]>['config'], version: version('1.0.0') },
      { reason: 'test' },
    );
    const references = [
      ...['sample', 'sample:1.*.*', 'sample:1.2.*', 'sample:*.*.*', 'sample:2.0.0', 'sample@prod', 'sample@gone'],
      ...['sample:3.0.0', 'sample:3.*.*', 'sample:1.1.0', 'sample@none', 'nothing', 'nothing@prod'],
      ...['by_config', 'by_config/men', 'by_config/women:1.*.*', 'by_config/children', 'by_config@nightly'],
      ...['one_config', 'one_config:1.0.0', 'one_config:2.0.0', 'default_config', 'default_config:1.*.*'],
    ];
    const found = async (all: readonly string[]) => {
      const ours = await Promise.all(all.map(meaning));
      const program = `
bucket_name, _, prefix = REGISTRY.removeprefix('gs://').partition('/')
bucket = storage.Client().bucket(bucket_name)
def attempt(reference):
    try:
        return resolve(bucket, prefix + '/', reference)
    except LookupError:
        return None
print(json.dumps([attempt(reference) for reference in ${JSON.stringify(all)}]))
`;
      const finished = await run((await functions()) + program);
      succeeds(finished);
      return { ours, theirs: JSON.parse(finished.stdout) as unknown };
    };
    const { ours, theirs } = await found(references);
    assert.deepEqual(theirs, ours);
    assert.deepEqual(ours[references.indexOf('sample')], ['sample/2.0.0', null]);
    assert.deepEqual(ours[references.indexOf('sample@prod')], ['sample/1.0.0', null]);
    assert.equal(ours[references.indexOf('sample@gone')], null);
    assert.deepEqual(ours[references.indexOf('one_config')], ['one_config/only/1.0.0', null]);
    const yankedSample = ['2.0.0', '1.10.0', '1.0.0'].map((number) => ({ name: sample, version: number }));
    const oneConfig = { name: parseDatasetName('one_config'), config: 'only', version: '1.0.0' };
    for (const yanked of [...yankedSample, oneConfig]) await setYanked(registry, yanked, true, { reason: 'wrong' });
    await setYanked(registry, { name: sample, version: '1.0.0' }, false, { reason: 'right' });
    await setYanked(registry, { name: sample, version: '1.0.0' }, true, { reason: 'wrong after all' });
    const yanked = await found(references);
    assert.deepEqual(yanked.theirs, yanked.ours);
    assert.deepEqual(yanked.ours[references.indexOf('sample')], ['sample/1.2.0', null]);
    assert.deepEqual(yanked.ours[references.indexOf('sample:2.0.0')], ['sample/2.0.0', 'wrong']);
    assert.deepEqual(yanked.ours[references.indexOf('sample@prod')], ['sample/1.0.0', 'wrong after all']);
    assert.equal(yanked.ours[references.indexOf('one_config')], null);
    const warned = await run(`${await functions()}\npull('sample:1.0.0')\n`);
    succeeds(warned);
    assert.match(warned.stderr, /UserWarning: gs:\/\/.*\/sample\/1\.0\.0 was yanked: wrong after all/);
    for (const each of [...yankedSample, oneConfig]) await setYanked(registry, each, false, { reason: 'test' });
    assert.deepEqual((await found(references)).theirs, ours);
    // The alias `default` is what a name alone means; a version or a config beside the name is not asked of it.
    await move('default', '1.2.0');
    const second = await found(['sample', 'sample:1.*.*']);
    assert.deepEqual(second.theirs, second.ours);
    assert.deepEqual(second.ours, [
      ['sample/1.2.0', null],
      ['sample/1.10.0', null],
    ]);
    await move('default', undefined);
  });

  it('is fetched once by four processes at once, and appears as a whole', async () => {
    const code = `${await functions()}
count = 0
download = storage.Blob.download_to_filename
def counting(*arguments, **keywords):
    global count
    count += 1
    return download(*arguments, **keywords)
storage.Blob.download_to_filename = counting
directory = pull('sample:2.0.0')
assert sorted(path.name for path in directory.iterdir()), directory
print('fetched', count)
`;
    const ranks = await Promise.all([0, 1, 2, 3].map((rank) => run(code, `rank${rank}.py`)));
    for (const rank of ranks) succeeds(rank);
    const counts = ranks.map(({ stdout }) => Number(/fetched (\d+)/.exec(stdout)?.[1])).sort((a, b) => a - b);
    const manifest = await readManifest(bucket.storage, 'sample/2.0.0');
    assert.deepEqual(counts, [0, 0, 0, manifest?.files.length]);
    assert.deepEqual(readdirSync(join(home, 'datasets', '.partial', 'sample')), ['2.0.0.lock']);
  });

  it('goes on where it ended: what is whole is kept, what is not is fetched again', async () => {
    const partial = place('.partial/sample/1.0.0');
    mkdirSync(partial, { recursive: true });
    const whole = await bucket.storage.read('sample/1.0.0/features.json');
    assert.ok(whole !== undefined);
    writeFileSync(join(partial, 'features.json'), whole);
    const inode = statSync(join(partial, 'features.json')).ino;
    writeFileSync(join(partial, 'dataset_info.json'), 'half of');
    succeeds(await run(`${await functions()}\npull('sample:1.0.0')\n`));
    const path = place('sample/1.0.0');
    assert.equal(statSync(join(path, 'features.json')).ino, inode);
    const stored = await bucket.storage.read('sample/1.0.0/dataset_info.json');
    assert.ok(stored !== undefined && readFileSync(join(path, 'dataset_info.json')).equals(stored));
  });

  it('never appears with a file that is not what its manifest says', async () => {
    await publish({ name: 'damaged', formats: ['tfrecord'] });
    const file = 'damaged/1.0.0/damaged-train.tfrecord-00000-of-00002';
    const bytes = Buffer.from((await bucket.storage.read(file)) ?? []);
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    await bucket.storage.write(file, bytes);
    const { exitCode, stderr } = await run(`${await functions()}\npull('damaged')\n`);
    assert.equal(exitCode, 1);
    assert.match(stderr, /OSError: gs:\/\/.*damaged-train\.tfrecord-00000-of-00002 is not what its manifest says/);
    assert.equal(existsSync(place('damaged/1.0.0')), false);
  });

  it('never leaves its directory, whatever a manifest says', async () => {
    const manifest = { files: [{ path: '../../../escaped', bytes: 1, crc32c: 'AAAAAA==' }] };
    await bucket.storage.write('hostile/1.0.0/manifest.json', JSON.stringify(manifest));
    const { exitCode, stderr } = await run(`${await functions()}\npull('hostile')\n`);
    assert.equal(exitCode, 1);
    assert.match(stderr, /ValueError: \.\.\/\.\.\/\.\.\/escaped leads out of/);
  });

  it('is what the command prints for a reference in such a registry', async () => {
    const project = await TemporaryProject.create();
    try {
      const argv = ['snippet', 'sample:1.2.*', '--for', 'hf', '--registry', bucket.url];
      const { code, stdout, stderr } = await project.run(argv);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, await snippet('hf', 'sample:1.2.*'));
    } finally {
      await project.remove();
    }
  });

  it('for torch is fetched in main() alone, and not by the workers of the DataLoader', async () => {
    const code = await snippet('torch', 'sample:1.2.*');
    assert.match(code, /^ {4}train = ArrowShards\(pull\('sample:1\.2\.\*'\) \/ 'arrow\/train'\)$/m);
    succeeds(await oracle.script(['-c', `import ast; ast.parse(${JSON.stringify(code)})`]));
  });
});

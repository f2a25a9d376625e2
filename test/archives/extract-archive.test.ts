import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { type ArchiveFormat, type Extracted, extractArchive } from '../../src/archives/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { repositoryRoot, requireOracle } from '../oracle/index.js';

const limits = { maxExtractedBytes: 2 ** 30, maxExtractionRatio: 200 };

function formatOf(name: string): ArchiveFormat {
  if (name.endsWith('.tar.gz')) return 'tar.gz';
  if (name.endsWith('.tar.zst')) return 'tar.zst';
  if (name.endsWith('.zst')) return 'zst';
  return name.endsWith('.zip') ? 'zip' : name.endsWith('.tar') ? 'tar' : 'gz';
}

/** Every file below a directory with its content; nothing else may be there. */
async function contents(directory: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    assert.ok(entry.isFile() || entry.isDirectory(), `${entry.name} is neither a file nor a folder`);
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(directory.length + 1)] = (await readFile(path)).toString('base64');
  }
  return found;
}

describe('an archive that is extracted', () => {
  let directory: string;
  let made = 0;
  before(async function () {
    const oracle = requireOracle(this);
    directory = await mkdtemp(join(tmpdir(), 'ailab-archives-'));
    const script = join(repositoryRoot, 'test', 'archives', 'archives.py');
    const { exitCode, stderr } = await oracle.script([script, directory]);
    assert.equal(exitCode, 0, stderr);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function extract(name: string, options: Partial<typeof limits> = {}): Promise<[string, Extracted]> {
    const target = join(directory, `out-${made++}`, 'inner');
    await mkdir(target, { recursive: true });
    const extracted = await extractArchive(
      {
        path: join(directory, name),
        format: formatOf(name),
        archive: `https://example.org/${basename(name)}`,
        onlyName: 'one.txt',
        limits: { ...limits, ...options },
        signal: new AbortController().signal,
      },
      target,
    );
    return [target, extracted];
  }

  async function refusal(name: string, options: Partial<typeof limits> = {}): Promise<DatasetsError> {
    const error: unknown = await extract(name, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DatasetsError, `${name}: ${error}`);
    assert.ok(error.hint, `${name} has no hint`);
    assert.ok(!error.message.includes('\u001b'), `${name}: the message steers a terminal`);
    return error;
  }

  for (const name of [
    'pax.tar',
    'gnu.tar',
    'ustar.tar',
    'pax.tar.gz',
    'deflated.zip',
    'stored.zip',
    'zip64.zip',
    'zip64-directory.zip',
    'prefixed.zip',
  ]) {
    it(`has the files that Python finds in ${name}`, async function () {
      const oracle = requireOracle(this);
      const reference = join(directory, `python-${name}`);
      const unpack = `import sys, shutil; shutil.unpack_archive(sys.argv[1], sys.argv[2])`;
      const { exitCode, stderr } = await oracle.script(['-c', unpack, join(directory, name), reference]);
      assert.equal(exitCode, 0, stderr);
      const expected = await contents(reference);
      assert.ok(Object.keys(expected).length >= 6);
      const [target, { files }] = await extract(name);
      assert.deepEqual(await contents(target), expected);
      assert.equal(files, Object.keys(expected).length);
    });
  }

  it('may be one file of several gzip members', async () => {
    const [target] = await extract('one.txt.gz');
    assert.equal(await readFile(join(target, 'one.txt'), 'utf8'), 'first second');
  });

  it('may be what GNU tar makes', async () => {
    execFileSync('tar', ['-cf', join(directory, 'system.tar'), '-C', join(repositoryRoot, 'docs'), '.']);
    const [target] = await extract('system.tar');
    assert.deepEqual(await contents(target), await contents(join(repositoryRoot, 'docs')));
  });

  it('writes nothing outside of its folder, and is refused for members that would', async () => {
    const names = (await readdir(join(directory, 'evil'))).sort();
    assert.ok(names.length >= 20, String(names));
    for (const name of names) {
      const error = await refusal(`evil/${name}`);
      assert.equal(error.code, 'ARCHIVE_UNSAFE', `${name}: ${error.message}`);
    }
    for (const folder of (await readdir(directory)).filter((name) => name.startsWith('out-'))) {
      assert.deepEqual(await readdir(join(directory, folder)), ['inner']);
      assert.doesNotMatch(Object.keys(await contents(join(directory, folder))).join(), /evil/);
    }
  });

  it('is refused when it is cut short, damaged, or something else', async () => {
    const names = await readdir(join(directory, 'broken'));
    assert.equal(names.length, 8);
    for (const name of names) assert.equal((await refusal(`broken/${name}`)).code, 'SOURCE_MALFORMED', name);
  });

  it('is stopped when it becomes too large, by size, by ratio, or by the number of its members', async () => {
    for (const name of ['bomb.gz', 'bomb.zip']) {
      const byRatio = await refusal(name);
      assert.equal(byRatio.code, 'LIMIT_EXCEEDED');
      assert.match(byRatio.hint ?? '', /maxExtractionRatio/);
    }
    assert.match((await refusal('bomb.zip', { maxExtractedBytes: 1_000_000 })).hint ?? '', /maxExtractedBytes/);
    assert.equal((await refusal('many.tar.gz', { maxExtractedBytes: 1_000_000 })).code, 'LIMIT_EXCEEDED');
    assert.equal((await extract('bomb.gz', { maxExtractionRatio: 2000 }))[1].bytes, 200 << 20);
  });

  it('however it is damaged, gives its files, or an error that says so, and nothing outside', async () => {
    const names = ['pax.tar', 'gnu.tar', 'deflated.zip', 'zip64-directory.zip'] as const;
    const originals = await Promise.all(names.map((name) => readFile(join(directory, name))));
    const damage = fc.record({
      which: fc.nat(names.length - 1),
      // Most of the bytes are content: the beginning and the end are what is parsed.
      changes: fc.array(fc.tuple(fc.integer({ min: -4000, max: 4000 }), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damage, async ({ which, changes }) => {
        const bytes = Buffer.from(originals[which] ?? []);
        for (const [at, value] of changes) bytes[(at + bytes.length) % bytes.length] = value;
        const name = `damaged-${names[which]}`;
        await writeFile(join(directory, name), bytes);
        await extract(name).catch((error: unknown) => {
          if (!(error instanceof DatasetsError)) throw error;
          refused++;
          assert.match(error.code, /^(?:ARCHIVE_UNSAFE|SOURCE_MALFORMED|UNSUPPORTED|LIMIT_EXCEEDED)$/, String(error));
        });
        assert.deepEqual(await readdir(join(directory, `out-${made - 1}`)), ['inner']);
      }),
      { numRuns: 300 },
    );
    assert.ok(refused > 100, `only ${refused} of 300 damages were noticed`);
  });

  it('may be compressed with Zstandard, on every Node', async function () {
    const oracle = requireOracle(this);
    const tar = await readFile(join(directory, 'pax.tar'));
    const frames = [new Uint8Array(tar.subarray(0, 1000)), new Uint8Array(tar.subarray(1000))];
    for (const sized of [true, false]) {
      await oracle.call('sources.write_zstd', { file: join(directory, 'pax.tar.zst'), frames, sized });
      const [target] = await extract('pax.tar.zst');
      const [reference] = await extract('pax.tar');
      assert.deepEqual(await contents(target), await contents(reference));
      const whole = await readFile(join(directory, 'pax.tar.zst'));
      await writeFile(join(directory, 'short.tar.zst'), whole.subarray(0, whole.length - 5));
      assert.equal((await refusal('short.tar.zst')).code, 'SOURCE_MALFORMED');
    }
    await oracle.call('sources.write_zstd', { file: join(directory, 'one.zst'), frames: [new Uint8Array(1 << 22)] });
    assert.equal((await extract('one.zst', { maxExtractedBytes: 2 ** 22 + 512 }))[1].bytes, 1 << 22);
    assert.equal((await refusal('one.zst', { maxExtractedBytes: 2 ** 22 })).code, 'LIMIT_EXCEEDED');
  });
});

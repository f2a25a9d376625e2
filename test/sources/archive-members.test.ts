import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { type ArchiveMembersOptions, archiveMembers, type MemberBytes } from '../../src/sources/index.js';
import { type Gcs, requireGcs } from '../gcs/index.js';
import { repositoryRoot, requireOracle } from '../oracle/index.js';
import { readAll, TemporaryFolder } from './read-all.js';

const good = [
  'pax.tar',
  'gnu.tar',
  'ustar.tar',
  'pax.tar.gz',
  'deflated.zip',
  'stored.zip',
  'zip64.zip',
  'zip64-directory.zip',
  'prefixed.zip',
  'descriptors.zip',
  'many.tar',
  'many.zip',
];

describe('archiveMembers', () => {
  let folder: TemporaryFolder;
  before(async function () {
    const oracle = requireOracle(this);
    folder = new TemporaryFolder();
    const script = join(repositoryRoot, 'test', 'archives', 'archives.py');
    const { exitCode, stderr } = await oracle.script([script, folder.path]);
    assert.equal(exitCode, 0, stderr);
  });
  after(() => folder?.remove());

  const digests = (members: readonly MemberBytes[]) =>
    members.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')]);

  async function refusal(name: string, options: ArchiveMembersOptions = {}): Promise<DatasetsError> {
    const error: unknown = await readAll(archiveMembers(name, options), folder.context).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    assert.ok(error instanceof DatasetsError, `${name}: ${String(error)}`);
    return error;
  }

  for (const name of good) {
    it(`gives what Python reads of ${name}, in its order`, async function () {
      const oracle = requireOracle(this);
      const expected = await oracle.call('sources.archive_members', { file: folder.file(name) });
      const { elements, positions } = await readAll(archiveMembers(name), folder.context);
      assert.deepEqual(digests(elements), expected);
      assert.ok(elements.every(({ archive }) => archive === name));
      assert.equal(positions[0], `${name}!/${elements[0]?.path}`);
    });
  }

  it('reads tar.zst as it reads tar', async function () {
    const frames = [new Uint8Array(readFileSync(folder.file('pax.tar')))];
    await requireOracle(this).call('sources.write_zstd', { file: folder.file('pax.tar.zst'), frames });
    const { elements, shards } = await readAll(archiveMembers('pax.tar.zst'), folder.context);
    assert.deepEqual(digests(elements), digests((await readAll(archiveMembers('pax.tar'), folder.context)).elements));
    assert.deepEqual(shards, ['pax.tar.zst']);
  });

  it('cuts zip and tar files into source shards, and a tar.gz file not', async () => {
    const shards = async (name: string) => (await readAll(archiveMembers(name), folder.context)).shards;
    assert.equal((await shards('many.tgz')).length, 1);
    assert.deepEqual((await shards('many.tar')).slice(0, 2), ['many.tar members 0-255', 'many.tar members 256-511']);
    assert.equal((await shards('many.tar')).length, Math.ceil(3000 / 256));
    assert.equal((await shards('many.zip')).length, Math.ceil(3000 / 256));
  });

  it('gives members that match a pattern, of several archives, as text', async () => {
    const options = { as: 'text', pattern: ['f1{,00}.txt', 'sub/**'] } as const;
    for (const name of ['many.tar', 'many.zip', 'many.tgz']) {
      const { elements } = await readAll(archiveMembers(name, options), folder.context);
      assert.deepEqual(
        elements.map(({ path, text }) => [path, text]),
        [
          ['f1.txt', '1'],
          ['f100.txt', '100'],
          ['sub/x/one.txt', 'one'],
        ],
      );
    }
    const both = await readAll(archiveMembers('many.{tar,zip}', { pattern: 'f7.txt' }), folder.context);
    assert.deepEqual(
      both.elements.map(({ archive, path }) => `${archive}!/${path}`),
      ['many.tar!/f7.txt', 'many.zip!/f7.txt'],
    );
    const none = await refusal('many.zip', { pattern: 'nothing/*' });
    assert.equal(none.code, 'SOURCE_NOT_FOUND');
  });

  it('refuses what would leave a folder, links and special files, as extraction does', async () => {
    for (const name of [
      'parent.tar',
      'parent.zip',
      'inner-parent.tar',
      'absolute.tar',
      'absolute.zip',
      'drive.zip',
      'backslash.tar',
      'control.zip',
      'gnu-parent.tar',
      'symlink.tar',
      'symlink.zip',
      'hardlink.tar',
      'device.tar',
      'fifo.tar',
      'overlap.zip',
      'renamed.zip',
    ]) {
      const error = await refusal(`evil/${name}`);
      assert.equal(error.code, 'ARCHIVE_UNSAFE', `${name}: ${error.message}`);
      assert.ok(error.message.startsWith(`evil/${name} `), error.message);
    }
  });

  it('stops at what becomes too large', async () => {
    assert.match((await refusal('bomb.zip')).hint ?? '', /maxMemberBytes|maxExtractionRatio/);
    assert.match((await refusal('bomb.tar.gz')).hint ?? '', /maxExtractionRatio/);
    const large = await refusal('stored.zip', { maxMemberBytes: 1000 });
    assert.deepEqual([large.code, large.at.file], ['LIMIT_EXCEEDED', 'stored.zip!/folder/b.bin']);
    assert.equal((await refusal('pax.tar', { maxMemberBytes: 1000 })).code, 'LIMIT_EXCEEDED');
  });

  it('names archive, member and byte of what is damaged', async () => {
    const damage = (name: string, change: (bytes: Buffer) => Buffer) => {
      mkdirSync(folder.file('damaged'), { recursive: true });
      writeFileSync(folder.file(`damaged/${name}`), change(readFileSync(folder.file(name))));
      return refusal(`damaged/${name}`);
    };
    const flipped = (needle: string | Buffer, by: number) => (bytes: Buffer) => {
      bytes.writeUInt8(bytes.readUInt8(bytes.indexOf(needle) + by) ^ 1, bytes.indexOf(needle) + by);
      return bytes;
    };
    const pattern = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const checksum = await damage('stored.zip', flipped(pattern, 7));
    assert.match(
      checksum.message,
      /^damaged\/stored\.zip can't be read: "folder\/b\.bin" has another checksum .*at byte \d+/,
    );
    assert.ok((checksum.at.offset ?? 0) > 0);
    const header = await damage('pax.tar', flipped('folder/b.bin', 2));
    assert.match(header.message, /^damaged\/pax\.tar can't be read: .*header is broken \(at byte \d+\)/);
    assert.equal((header.at.offset ?? 1) % 512, 0);
    const cut = await damage('gnu.tar', (bytes) => bytes.subarray(0, 20_000));
    assert.match(
      cut.message,
      /^damaged\/gnu\.tar can't be read: it ends in the middle of "folder\/b\.bin" \(at byte \d+\)/,
    );
    const gzip = await damage('pax.tar.gz', (bytes) => bytes.subarray(0, bytes.length / 2));
    assert.match(gzip.message, /^damaged\/pax\.tar\.gz/);
  });

  it('survives archives that are damaged anywhere: an error of ours, or what is really in it', async () => {
    const originals = Object.fromEntries(
      ['pax.tar', 'deflated.zip'].map((name) => [name, readFileSync(folder.file(name))] as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('pax.tar', 'deflated.zip'),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.9999, noNaN: true }), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (name, changes) => {
          const bytes = Buffer.from(originals[name] ?? '');
          for (const [share, mask] of changes) {
            const at = Math.floor(share * bytes.length);
            bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);
          }
          const file = folder.write(`any-${name}`, bytes);
          await readAll(archiveMembers(file), folder.context).catch((error: unknown) => {
            assert.ok(error instanceof DatasetsError, String(error));
            assert.match(
              error.code,
              /^(?:ARCHIVE_UNSAFE|SOURCE_MALFORMED|UNSUPPORTED|LIMIT_EXCEEDED|SOURCE_NOT_FOUND)$/,
            );
          });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses other files by their names', async () => {
    copyFileSync(folder.file('pax.tar'), folder.file('pax.rar'));
    const error = await refusal('pax.rar');
    assert.deepEqual([error.code, /\*\.zip/.test(error.hint ?? '')], ['UNSUPPORTED', true]);
  });

  describe('on gs://', () => {
    let gcs: Gcs;
    before(async function () {
      gcs = await requireGcs(this);
    });

    it('gives the same members by ranges', async () => {
      const { url, storage } = await gcs.newBucket();
      for (const name of ['many.tar', 'zip64.zip', 'pax.tar.gz']) {
        await storage.upload(folder.file(name), name);
        const [here, there] = [
          await readAll(archiveMembers(name), folder.context),
          await readAll(archiveMembers(`${url}/${name}`), folder.context),
        ];
        assert.deepEqual(digests(there.elements), digests(here.elements));
      }
    });
  });
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  formatManifest,
  openRegistry,
  parseManifest,
  publish,
  readVersionInfo,
  stageVersion,
  writeMetadata,
} from '../../src/registry/index.js';
import { manifestJsonSchema } from '../../src/registry/manifest-schema.js';
import { LocalStorage } from '../../src/storage/index.js';
import { repositoryRoot } from '../oracle/index.js';
import { makeShards } from './make-version.js';

describe('a manifest', () => {
  let directory = '';
  let version = '';
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-registry-'));
    const staged = await stageVersion(openRegistry(directory), { name: 'numbers', config: 'small', version: '1.0.0' });
    await writeMetadata(staged, await makeShards(staged, 'x'));
    version = await publish(staged, { defaultConfig: 'small' });
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const text = () => readFileSync(join(version, 'manifest.json'), 'utf8');
  const parse = (content: string) => parseManifest(Buffer.from(content), 'manifest.json');

  it('lists every file of the version with its size and sha256', async () => {
    const manifest = await parse(text());
    const paths = manifest.files.map((file) => file.path);
    assert.deepEqual(paths, [
      'LICENSE',
      'arrow/dataset_dict.json',
      'arrow/train/data-00000-of-00001.arrow',
      'arrow/train/dataset_info.json',
      'arrow/train/state.json',
      'dataset_info.json',
      'features.json',
      'index/train-00000-of-00001.index',
      'label.labels.txt',
      'numbers-train.tfrecord-00000-of-00001',
    ]);
  });

  it('of a newer format is refused with the advice to update', async () => {
    await assert.rejects(parse('{"formatVersion": 2, "everything": "else"}'), {
      code: 'FORMAT_TOO_NEW',
      message: /manifest\.json has format version 2; this release reads up to 1/,
      hint: /Update/,
    });
  });

  it('that is damaged is refused with the field that is wrong', async () => {
    const spoil = async (change: (manifest: Record<string, never>) => void, message: RegExp) => {
      const manifest = JSON.parse(text());
      change(manifest);
      await assert.rejects(parse(JSON.stringify(manifest)), { code: 'MANIFEST_INVALID', message });
    };
    await assert.rejects(parse('{"formatVersion": 1'), { code: 'MANIFEST_INVALID', message: /no JSON/ });
    await assert.rejects(parse('{}'), { code: 'MANIFEST_INVALID', message: /formatVersion is undefined/ });
    await spoil((manifest) => Object.assign(manifest, { version: '1.2' }), /version: is no version/);
    await spoil((manifest) => Object.assign(manifest['files']?.[0] ?? {}, { bytes: -1 }), /files\.0\.bytes/);
    await spoil(
      (manifest) => Object.assign(manifest['files']?.[0] ?? {}, { path: '../../x' }),
      /files\.0\.path: leaves/,
    );
  });

  it('ends with the sha256 of what stands before its last field, for whoever checks it without this package', () => {
    const found = /^(.*),\n {2}"selfDigest": "(\w+)"\n\}\n$/s.exec(text());
    assert.equal(
      found?.[2],
      createHash('sha256')
        .update(found?.[1] ?? '')
        .digest('hex'),
    );
  });

  it('of which any bit changed is refused, also in white space, in its digest, and where it then seems newer', async () => {
    const bytes = readFileSync(join(version, 'manifest.json'));
    const flips = fc.tuple(fc.nat(bytes.length - 1), fc.nat(7));
    const formatVersion = [bytes.indexOf('": 1,') + 3, 1] as const;
    const digest = [bytes.length - 10, 0] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          flips,
          fc.nat(90).map((i) => [bytes.length - 1 - (i % 90), i % 8] as const),
        ),
        async ([at, bit]) => {
          const flipped = Uint8Array.from(bytes);
          flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
          await assert.rejects(parseManifest(flipped, 'manifest.json'), { code: 'MANIFEST_INVALID' });
        },
      ),
      { numRuns: 300, examples: [[[...formatVersion]], [[...digest]]] },
    );
    await assert.rejects(parse(`${text()}\n`), { code: 'MANIFEST_INVALID', message: /written anew/ });
  });

  it('may hold fields that this release does not know', async () => {
    const manifest = { ...JSON.parse(text()), later: { added: true } };
    assert.equal((await parse(formatManifest(manifest))).version, '1.0.0');
  });

  it('gives the version and its shards', async () => {
    const info = await readVersionInfo(new LocalStorage(version));
    assert.equal(info.name, 'numbers');
    assert.equal(info.config, 'small');
    assert.equal(info.license, 'CC0-1.0');
    assert.deepEqual(info.formats, ['tfrecord', 'arrow']);
    assert.equal(info.splits[0]?.shards[0]?.files.index?.path, 'index/train-00000-of-00001.index');
    await assert.rejects(readVersionInfo(new LocalStorage(directory)), {
      code: 'VERSION_UNKNOWN',
      message: /no version/,
    });
  });

  it('is described by the published JSON Schema', () => {
    const published = readFileSync(join(repositoryRoot, 'docs/manifest.schema.json'), 'utf8');
    assert.deepEqual(JSON.parse(published), JSON.parse(JSON.stringify(manifestJsonSchema())));
  });
});

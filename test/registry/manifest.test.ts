import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
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

  it('may hold fields that this release does not know', async () => {
    const manifest = { ...JSON.parse(text()), later: { added: true } };
    assert.equal((await parse(JSON.stringify(manifest))).version, '1.0.0');
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

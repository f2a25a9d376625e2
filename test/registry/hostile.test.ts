import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { openVersion, verifyVersion } from '../../src/reader/index.js';
import { formatManifest, parseManifest } from '../../src/registry/index.js';
import { buildVersion } from '../reader/build-version.js';
import { type Editable, editJson, editManifest } from '../reader/damage.js';
import { sampleExamples, sampleSchema } from '../reader/sample.js';
import { anyJson, damagedJson } from './hostile-json.js';

describe('a version whose metadata somebody tampered with', () => {
  let registry = '';
  let pristine = '';
  let directory = '';
  before(async () => {
    registry = mkdtempSync(join(tmpdir(), 'ailab-hostile-'));
    const splits = { train: sampleExamples(0, 6), test: sampleExamples(6, 9) };
    pristine = await buildVersion({ registry, name: 'sample', schema: sampleSchema, splits, numShards: 2 });
  });
  after(() => rmSync(registry, { recursive: true, force: true }));
  beforeEach(() => {
    directory = mkdtempSync(join(registry, 'copy-'));
    cpSync(pristine, directory, { recursive: true });
  });

  const json = (file: string) => JSON.parse(readFileSync(join(pristine, file), 'utf8'));

  /** What each way of reading all of the version complains of; anything but an error of ours is a defect. */
  const complaints = async (): Promise<readonly Complaint[]> => {
    const list: Complaint[] = [];
    for (const options of [{}, { format: 'tfrecord' }] as const) {
      await collect(list, async () => {
        for await (const _ of (await openVersion(directory, options)).dataset());
      });
    }
    await collect(list, async () => {
      const { problems } = await verifyVersion(directory);
      list.push(...problems.slice(0, 1));
    });
    return list;
  };
  const failing = async (code: string, message: RegExp) => {
    const found = await complaints();
    assert.equal(found.length, 3, JSON.stringify(found));
    for (const complaint of found) {
      assert.equal(complaint.code, code, complaint.message);
      assert.match(complaint.message, message);
    }
  };

  describe('is read or refused, and nothing else happens, whatever is', () => {
    const numRuns = 150;
    it('in its manifest', async () => {
      await fc.assert(
        fc.asyncProperty(damagedJson(json('manifest.json')), async (damaged) => {
          writeFileSync(join(directory, 'manifest.json'), formatManifest(Object(damaged)));
          await complaints();
        }),
        { numRuns },
      );
    });

    it("in its manifest's schema", async () => {
      const manifest = json('manifest.json');
      await fc.assert(
        fc.asyncProperty(damagedJson(manifest.schema), async (schema) => {
          writeFileSync(join(directory, 'manifest.json'), formatManifest({ ...manifest, schema }));
          await complaints();
        }),
        { numRuns },
      );
    });

    for (const file of ['dataset_info.json', 'features.json']) {
      it(`in the ${file} of tfds`, async () => {
        rmSync(join(directory, 'manifest.json'));
        await fc.assert(
          fc.asyncProperty(damagedJson(json(file)), async (damaged) => {
            writeFileSync(join(directory, file), JSON.stringify(damaged) ?? '');
            await complaints();
          }),
          { numRuns },
        );
      });
    }
  });

  it('is refused when any JSON stands in place of its manifest', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        const bytes = Buffer.from(JSON.stringify(value));
        await assert.rejects(parseManifest(bytes, 'manifest.json'), { code: 'MANIFEST_INVALID' });
      }),
    );
  });

  it('is read with every text that a manifest may hold, exactly as it was written', async () => {
    const manifest = json('manifest.json');
    const texts = fc.dictionary(
      fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.string({ unit: 'binary' }), async (releaseNotes, description) => {
        const { selfDigest, ...content } = { ...manifest, releaseNotes, info: { description, tags: [] } };
        const { selfDigest: sealed, ...read } = await parseManifest(
          Buffer.from(formatManifest(content)),
          'manifest.json',
        );
        assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(content)));
      }),
    );
  });

  const tampered: readonly (readonly [title: string, message: RegExp, edit: (manifest: Editable) => void])[] = [
    ...['../../../etc/passwd', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\b', 'a\0b', './a', 'a//b', ''].map(
      (path) =>
        [
          `a file at ${JSON.stringify(path)}`,
          /files\.0\.path: leaves the directory/,
          ({ files }: Editable) => Object.assign(files[0] ?? {}, { path }),
        ] as const,
    ),
    ['two files of one name', /two files named/, ({ files }) => files.push(...files.slice(0, 1))],
    [
      'a file below a file',
      /lies below a file/,
      ({ files }) =>
        files.push({ ...files[0], path: `${files[0]?.path}/x`, format: 'metadata' } as Editable['files'][number]),
    ],
    [
      'itself among its files',
      /two files named manifest\.json/,
      ({ files }) => Object.assign(files[0] ?? {}, { path: 'manifest.json' }),
    ],
    ['a split twice', /two splits named train/, ({ splits }) => splits.push(...splits.slice(0, 1))],
    ['a split named all', /"all" is no split's name/, ({ splits }) => Object.assign(splits[0] ?? {}, { name: 'all' })],
    ['a split named ../x', /is no split's name/, ({ splits }) => Object.assign(splits[0] ?? {}, { name: '../x' })],
    ['a shard too few', /don't hold its 6 examples/, ({ splits }) => splits[0]?.shards.pop()],
    [
      'more examples than its shards',
      /don't hold its/,
      ({ splits }) => Object.assign(splits[0] ?? {}, { examples: 2 ** 53 - 1 }),
    ],
    [
      'examples beyond counting',
      /splits\.0\.examples/,
      ({ splits }) => Object.assign(splits[0] ?? {}, { examples: 1e300 }),
    ],
    [
      'a shard that there is not',
      /is shard 7 of/,
      ({ files }) => Object.assign(files.find(({ format }) => format === 'arrow') ?? {}, { shard: 7 }),
    ],
    [
      'two files for one shard',
      /has two tfrecord files/,
      ({ files }) => {
        for (const file of files) if (file.format === 'tfrecord' && file.split === 'train') file.shard = 0;
      },
    ],
    [
      'another content digest',
      /contentDigest doesn't fit/,
      (manifest) => Object.assign(manifest, { contentDigest: '0'.repeat(64) }),
    ],
    [
      'a lineage that names itself',
      /its lineage names itself/,
      (manifest) => Object.assign(manifest, { lineage: [{ name: 'sample', version: '1.0.0' }] }),
    ],
    [
      'a lineage with a path for a name',
      /lineage\.0\.name/,
      (manifest) => Object.assign(manifest, { lineage: [{ name: '../x', version: '1.0.0' }] }),
    ],
  ];
  for (const [title, message, edit] of tampered) {
    it(`is refused with ${title}`, async () => {
      editManifest(directory, edit);
      await failing('MANIFEST_INVALID', message);
    });
  }

  it('is refused with a key that would change what objects inherit', async () => {
    const text = readFileSync(join(directory, 'manifest.json'), 'utf8');
    for (const key of ['"__proto__"', '"\\u005f_proto__"']) {
      const info = `"info": {${key}: {"polluted": true},`;
      const body = text.replace('"info": {', info).replace(/,\n {2}"selfDigest.*$/s, '');
      const digest = createHash('sha256').update(body).digest('hex');
      writeFileSync(join(directory, 'manifest.json'), `${body},\n  "selfDigest": "${digest}"\n}\n`);
      await failing('MANIFEST_INVALID', /a key __proto__/);
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  for (const file of ['manifest.json', 'dataset_info.json', 'features.json'] as const) {
    const withoutManifest = () => {
      if (file !== 'manifest.json') rmSync(join(directory, 'manifest.json'));
    };

    it(`is refused with a ${file} of 100 MB, which is not read`, async () => {
      withoutManifest();
      truncateSync(join(directory, file), 100_000_000);
      const before = process.memoryUsage.rss();
      await failing('MANIFEST_INVALID', /has 100000000 bytes/);
      assert.ok(process.memoryUsage.rss() - before < 50e6);
    });

    it(`is refused with a ${file} that is nested a million times`, async () => {
      withoutManifest();
      writeFileSync(join(directory, file), `${'{"a":['.repeat(1e6)}${']}'.repeat(1e6)}`);
      await failing('MANIFEST_INVALID', /nested deeper than/);
    });

    it(`is refused with a ${file} that is no UTF-8, or no JSON`, async () => {
      withoutManifest();
      for (const bytes of [Buffer.from([0x7b, 0xff, 0x7d]), Buffer.from('{"formatVersion": NaN}'), Buffer.alloc(0)]) {
        writeFileSync(join(directory, file), bytes);
        await failing('MANIFEST_INVALID', /no JSON/);
      }
    });
  }

  it('is refused by older releases when it has a newer format', async () => {
    editManifest(directory, (manifest) => Object.assign(manifest, { formatVersion: 2, files: 'elsewhere' }));
    await failing('FORMAT_TOO_NEW', /has format version 2/);
  });

  it('is refused when tfds would look for its shards elsewhere', async () => {
    rmSync(join(directory, 'manifest.json'));
    for (const template of ['../{SPLIT}', '/etc/{SPLIT}', '{SPLIT}\0', '{SPLIT}\\x', '{constructor}']) {
      editJson(join(directory, 'dataset_info.json'), (info) => {
        for (const split of info['splits'] as unknown as Record<string, string>[]) split['filepathTemplate'] = template;
      });
      await failing('MANIFEST_INVALID', /which names no file/);
    }
  });

  describe('by links', () => {
    const secret = () => {
      const path = join(registry, 'secret');
      mkdirSync(path, { recursive: true });
      cpSync(pristine, path, { recursive: true });
      return path;
    };
    const link = (path: string) => {
      rmSync(join(directory, path), { recursive: true });
      symlinkSync(join(secret(), path), join(directory, path));
    };

    it('that lead out of its directory is not read there, though the bytes are right', async () => {
      link('arrow/train');
      link('sample-train.tfrecord-00000-of-00002');
      for (const format of ['arrow', 'tfrecord'] as const) {
        const version = await openVersion(directory, { format });
        await assert.rejects(version.dataset('train').toArray(), {
          code: 'DATA_CORRUPT',
          message: /a link that leads out/,
        });
        assert.equal((await version.dataset('test').toArray()).length, 3);
      }
      const { problems } = await verifyVersion(directory);
      assert.ok(problems.some(({ file, message }) => file.startsWith('arrow/train/data') && /leads out/.test(message)));
      assert.ok(problems.some(({ file, message }) => file.startsWith('sample-train') && /leads out/.test(message)));
      link('manifest.json');
      await failing('DATA_CORRUPT', /manifest\.json is a link that leads out/);
    });

    it('is read where they stay inside, or lead to the whole version on another disk', async () => {
      symlinkSync(directory, join(registry, 'linked'));
      assert.equal((await (await openVersion(join(registry, 'linked'))).dataset().toArray()).length, 9);
      assert.deepEqual((await verifyVersion(join(registry, 'linked'))).problems, []);
    });

    it('that form circles is verified all the same', async () => {
      symlinkSync('.', join(directory, 'a'));
      symlinkSync('..', join(directory, 'arrow/b'));
      await verifyVersion(directory);
    });
  });
});

interface Complaint {
  readonly code: string;
  readonly message: string;
}

async function collect(list: Complaint[], read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof DatasetsError, error instanceof Error ? error.stack : String(error));
    assert.notEqual(error.code, 'INTERNAL', error.message);
    assert.ok((error.hint ?? '').length > 10, `${error.message} has no hint`);
    list.push(error);
  }
}

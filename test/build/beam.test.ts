import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type BuildResult, build } from '../../src/build/index.js';
import { type DatasetsConfig, loadConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { buildRunners, requirePrism } from '../beam/index.js';
import { repositoryRoot } from '../oracle/index.js';

/** From SQL over local files, with a join; from a package, with images. */
const references = ['product_a', 'mnist'] as const;

describe("the package's data sets, built by Beam", function () {
  this.timeout(240_000);
  let directory: string;
  const expected = new Map<string, Promise<Readonly<Record<string, string>>>>();

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'ailab-datasets-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  async function buildBy(registry: string, reference: string, settings: DatasetsConfig): Promise<BuildResult> {
    const flags = { registry: join(directory, registry), formats: ['tfrecord', 'arrow'], ...settings } as const;
    const config = await loadConfig({ cwd: repositoryRoot, env: {}, flags });
    return build(reference, { config, snapshotTime: new Date('2026-11-21T00:00:00Z') });
  }

  function expectedOf(reference: string): Promise<Readonly<Record<string, string>>> {
    const known = expected.get(reference) ?? buildBy('inline', reference, { runner: 'inline' }).then(digestsOf);
    expected.set(reference, known);
    return known;
  }

  for (const { name, start } of buildRunners) {
    for (const reference of references) {
      it(`have the bytes of builds in this thread: ${reference} on ${name}`, async function () {
        const { endpoint: jobEndpoint } = await start(this);
        const result = await buildBy(name, reference, { runner: 'beam', workers: 1, beam: { jobEndpoint } });
        assert.deepEqual(digestsOf(result), await expectedOf(reference));
        const published = readdirSync(join(directory, name)).filter((entry) => entry.startsWith('.staging'));
        assert.deepEqual(
          published.flatMap((staging) => readdirSync(join(directory, name, staging))),
          [],
        );
      });
    }
  }

  it('publish nothing when they fail, and leave nothing to clear up', async function () {
    const { endpoint: jobEndpoint } = await requirePrism(this);
    const folder = join(directory, 'project', 'datasets', 'broken');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'builder.mjs'), brokenBuilder);
    const datasets = [join(directory, 'project', 'datasets')];
    const settings = { datasets, runner: 'beam', workers: 1, beam: { jobEndpoint } } as const;
    const failure = await buildBy('broken', 'broken', settings).catch((error: unknown) => error);
    assert.ok(failure instanceof DatasetsError && failure.code === 'USER_CODE', String(failure));
    assert.match(failure.message, /no 700 please/);
    assert.match(String((failure.cause as Error).stack), /broken.builder\.mjs:\d+/);
    const left = readdirSync(join(directory, 'broken'), { recursive: true }).map(String);
    assert.deepEqual(
      left.filter((path) => path.startsWith('broken') || /staging.|\.(?:tfrecord|arrow|unit)/.test(path)),
      [],
    );
  });
});

const brokenBuilder = `
import { DatasetBuilder, features, scalar } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)};
export class Broken extends DatasetBuilder {
  static datasetName = 'broken';
  static versions = { '1.0.0': 'First release.' };
  info() {
    return { description: 'Fails half-way.', features: features({ n: scalar('int32') }) };
  }
  splits(p) {
    const numbers = p.generate(function* () {
      for (let n = 0; n < 1000; n++) yield [n, n];
    });
    const groups = numbers.groupByKey().mapValues(([n]) => {
      if (n === 700) throw new TypeError('no 700 please');
      return { n };
    });
    return { train: groups };
  }
}
`;

/** Of every file of a version but the manifest, which says when it was built, and by what. */
function digestsOf({ directory }: BuildResult): Readonly<Record<string, string>> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  assert.ok(files.length > 5);
  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  return Object.fromEntries(files.map((file) => [relative(directory, file), digest(file)]));
}

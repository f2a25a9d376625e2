import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BuildEvent, type BuildResult, build, comparedDirectory, comparedLease } from '../../src/build/index.js';
import { loadConfig, type ResolvedConfig } from '../../src/core/config/index.js';
import { DatasetsError } from '../../src/core/errors/index.js';
import { cleanRegistry } from '../../src/project/index.js';
import { checkStagedBuilds } from '../../src/project/staged-builds.js';
import { acquireLease, openRegistry, readAudit } from '../../src/registry/index.js';
import { LocalStorage } from '../../src/storage/index.js';

const library = new URL('../../src/index.js', import.meta.url).href;
const events = `globalThis.ailabComparedBuilds`;

/** Waits, while it is built, for whoever the test puts there. */
const builder = (code: string) => `import { DatasetBuilder, features, scalar } from '${library}';
export class Numbers extends DatasetBuilder<any> {
  static override readonly datasetName = 'numbers';
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Numbers.', features: features({ id: scalar('int64') }) }; }
  override splits(p: any): any {
    return { train: p.generate(async function* () { await (${events} as any)?.(); ${code} }) };
  }
}
`;

describe('what is built to be compared', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ailab-compared-'));
  });
  afterEach(async () => {
    Reflect.deleteProperty(globalThis, 'ailabComparedBuilds');
    await rm(folder, { recursive: true, force: true });
  });

  /** A module is imported once a process, so that each text has a folder of its own; all have one registry. */
  async function project(name: string, code: string): Promise<ResolvedConfig> {
    const file = join(folder, name, 'datasets', 'numbers', 'builder.ts');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(join(folder, name, 'package.json'), '{ "type": "module" }');
    await writeFile(file, builder(code));
    const flags = {
      ...{ datasets: ['datasets'], registry: join(folder, 'registry'), cacheDirectory: join(folder, 'cache') },
      runner: 'inline',
    } as const;
    return loadConfig({ cwd: join(folder, name), env: {}, flags });
  }

  const forward = 'for (let id = 0n; id < 4n; id++) yield [id, { id }];';
  const backward = 'for (let id = 4n; id-- > 0n;) yield [id, { id }];';
  const onBuild = (wait: () => unknown) => Reflect.set(globalThis, 'ailabComparedBuilds', wait);
  const leftIn = async (config: ResolvedConfig) =>
    (await readdir(comparedDirectory(config))).filter((name) => !name.startsWith('.'));

  it('is built once where two compare one version at once, and both are told that it is the same', async () => {
    await build('numbers', { config: await project('before', forward) });
    const config = await project('after', backward);
    let started = 0;
    const events: BuildEvent['type'][] = [];
    const signals = new EventEmitter();
    const others: Promise<BuildResult>[] = [];
    onBuild(async () => {
      started++;
      // The second one begins while the first one builds, and the first one goes on when the second one waits.
      const waits = once(signals, 'build-waiting');
      const onProgress = ({ type }: BuildEvent) => {
        events.push(type);
        signals.emit(type);
      };
      others.push(build('numbers', { config, onProgress }));
      await waits;
    });
    const first = await build('numbers', { config });
    assert.equal(first.status, 'attested');
    assert.deepEqual(
      (await Promise.all(others)).map(({ status }) => status),
      ['exists'],
    );
    assert.deepEqual([started, events], [1, ['build-waiting']]);
    const actions: string[] = [];
    for await (const { action } of readAudit(openRegistry(config.registry))) actions.push(action);
    assert.equal(actions.filter((action) => action === 'attest').length, 1);
    assert.deepEqual(await leftIn(config), []);
  });

  it('is named by doctor and removed by doctor --clean when it was left, and not while somebody works there', async () => {
    await build('numbers', { config: await project('before', forward) });
    const config = await project('after', backward);
    onBuild(() => {
      throw new DatasetsError('STORAGE_UNREACHABLE', 'the network is away');
    });
    await assert.rejects(build('numbers', { config }), { code: 'STORAGE_UNREACHABLE' });
    const [name = ''] = await leftIn(config);
    const { status, finding } = await checkStagedBuilds(config);
    assert.deepEqual(
      [status, finding],
      ['warning', 'a build that died left files in the registry: numbers:1.0.0, built to be compared'],
    );
    const storage = new LocalStorage(comparedDirectory(config), { durable: false });
    const lease = await acquireLease(storage, comparedLease(name), { about: async () => ({}) });
    assert.deepEqual(await cleanRegistry(config), []);
    await lease.release();
    assert.deepEqual(await cleanRegistry(config), ['what was left of numbers:1.0.0, built to be compared']);
    assert.deepEqual(await leftIn(config), []);
    assert.equal((await checkStagedBuilds(config)).status, 'ok');
    assert.ok((await readFile(join(folder, 'registry', 'numbers', '1.0.0', 'manifest.json'))).length > 0);
  });
});

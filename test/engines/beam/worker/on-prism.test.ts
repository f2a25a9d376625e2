import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '../../../../src/core/config/index.js';
import { DatasetsError } from '../../../../src/core/errors/index.js';
import { BeamEngine } from '../../../../src/engines/beam/beam-engine.js';
import { PortableSubmitter } from '../../../../src/engines/beam/job/portable-submitter.js';
import { emitContainer } from '../../../../src/project/index.js';
import { requirePrism } from '../../../beam/index.js';
import { buildImage, type Image } from '../../../container/build-image.js';
import { makeTeamProject, type TeamProject } from '../../../container/team-project.js';
import { repositoryRoot } from '../../../oracle/index.js';
import { digests, leftFiles, type RunOptions, runJob } from '../../run-job.js';

const builder = `import { existsSync, writeFileSync } from 'node:fs';
import { DatasetBuilder, csv, features, scalar, type Pipeline } from 'ailab-datasets';
import { squareOf } from './square.ts';

const schema = features({ square: scalar('int64') });

export class Squares extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'squares';
  static override readonly versions = { '1.0.0': 'First release.' };
  static override readonly configs = { quick: 'At once.', gated: 'Waits in the middle for ever, once.' };
  override info() {
    return { description: 'Squares.', features: schema };
  }
  override splits(p: Pipeline) {
    const gate = new URL('./gate', import.meta.url);
    const isGated = this.config === 'gated';
    const rows = p.read(csv('./numbers.csv', { types: { n: 'int32' } }));
    return {
      train: rows
        .keyBy((row) => row.n)
        .groupByKey()
        .mapValues(async (group) => {
          const [row] = [...group];
          if (isGated && row?.n === 70 && !existsSync(gate)) {
            writeFileSync(gate, String(process.pid));
            await new Promise(() => setInterval(() => {}, 1000));
          }
          return { square: squareOf(row?.n ?? 0) };
        }),
    };
  }
}
`;

const numbers = `n\n${Array.from({ length: 100 }, (_, n) => n).join('\n')}\n`;

describe('a project in the image of its workers, on Prism', function () {
  this.timeout(120_000);
  let folder = '';
  let project: TeamProject;
  let image: Image;
  let prism = '';

  before(async function () {
    prism = (await requirePrism(this)).endpoint;
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-image-'));
    project = makeTeamProject(folder);
    project.write('datasets/squares/builder.ts', builder);
    project.write('datasets/squares/square.ts', 'export const squareOf = (n: number): number => n * n;\n');
    project.write('datasets/squares/numbers.csv', numbers);
    await emitContainer(await loadConfig({ cwd: project.root, env: {} }), {});
    image = buildImage(project.root);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const squares = (config: string): RunOptions => ({
    module: pathToFileURL(join(project.root, 'datasets', 'squares', 'builder.ts')).href,
    name: 'squares',
    config,
  });

  /** Has Prism start the image's entry point, as its process environment does. */
  async function buildOnPrism(config = 'quick') {
    const command = join(folder, 'worker');
    const variables = Object.entries(image.environment).map(([name, value]) => `${name}='${value}'`);
    const words = [process.execPath, ...image.program].map((word) => `'${word}'`);
    const script = `#!/bin/sh\ncd '${image.workingDirectory}' && exec env -i PATH="$PATH" ${variables.join(' ')} ${words.join(' ')} "$@"\n`;
    writeFileSync(command, script);
    chmodSync(command, 0o755);
    const submitter = new PortableSubmitter({
      endpoint: prism,
      environment: { kind: 'process', command },
      workers: { program: pathToFileURL(command), env: {} },
    });
    const workLocation = join(folder, 'work-location');
    const engine = new BeamEngine({ name: 'beam', submitter, workLocation, projectRoot: project.root });
    return runJob(folder, { ...squares(config), engine });
  }

  async function refusal(): Promise<string> {
    const error: unknown = await buildOnPrism().catch((reason: unknown) => reason);
    assert.ok(error instanceof DatasetsError, String(error));
    assert.equal(error.code, 'WORKER_MISMATCH', error.stack);
    assert.match(error.hint ?? '', /container emit/);
    nothingIsLeft();
    return error.message;
  }

  function nothingIsLeft(): void {
    assert.deepEqual(readdirSync(join(folder, 'work-location')), []);
    assert.deepEqual(leftFiles(folder), []);
    const written = readdirSync(folder)
      .filter((name) => name.endsWith('-out'))
      .flatMap((name) => readdirSync(join(folder, name)));
    assert.deepEqual(written, []);
  }

  it('gives the bytes of a build in this thread', async () => {
    const expected = await runJob(folder, squares('quick'));
    assert.deepEqual(digests(await buildOnPrism()), digests(expected));
  });

  it('refuses a job with another lock file', async () => {
    appendFileSync(join(image.workingDirectory, 'package-lock.json'), '\n');
    assert.match(
      await refusal(),
      /^a worker is not what its submitter is: the lock file is package-lock\.json sha256 [0-9a-f]{12} in the submitter and package-lock\.json sha256 [0-9a-f]{12} in the worker$/,
    );
  });

  it('refuses a job whose builder calls other code, although the graph is the same', async () => {
    project.write('datasets/squares/square.ts', 'export const squareOf = (n: number): number => n * n + 1;\n');
    assert.match(
      await refusal(),
      /^a worker is not what its submitter is: the builder's code is sha256 \w+ in the submitter and sha256 \w+ in the worker$/,
    );
  });

  it('takes a job whose code differs in comments and white space alone', async () => {
    project.write(
      'datasets/squares/square.ts',
      '// Of a number.\nexport const squareOf = (n: number): number =>\n  n * n;\n',
    );
    assert.equal((await buildOnPrism()).output.splits[0]?.examples, 100);
  });

  it('refuses a job that reads a file of the project as it was not when the image was made', async () => {
    // Of the same size: what workers see of a file when they open it.
    project.write('datasets/squares/numbers.csv', numbers.replace('55', '56'));
    assert.match(
      await refusal(),
      /: datasets\/squares\/numbers\.csv is sha256 \w+ in the submitter and sha256 \w+ in the worker$/,
    );
    rmSync(join(image.workingDirectory, 'datasets', 'squares', 'numbers.csv'));
    assert.match(await refusal(), /numbers\.csv is sha256 \w+ in the submitter and not there in the worker$/);
  });

  it('refuses a job of a newer release', async () => {
    installOlderRelease(image);
    assert.match(
      await refusal(),
      /^a worker is not what its submitter is: ailab-datasets is \d+\.\d+\.\d+ in the submitter and 0\.0\.9 in the worker$/,
    );
  });

  it('says that a worker was killed, and publishes nothing by halves; built again it is whole', async () => {
    const gate = join(image.workingDirectory, 'datasets', 'squares', 'gate');
    const killing = (async () => {
      while (!existsSync(gate) || readFileSync(gate, 'utf8') === '')
        await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(Number(readFileSync(gate, 'utf8')), 'SIGKILL');
    })();
    await assert.rejects(buildOnPrism('gated'), { code: 'JOB_FAILED' });
    await killing;
    nothingIsLeft();
    const expected = await runJob(folder, squares('quick'));
    assert.deepEqual(digests(await buildOnPrism('gated')), digests(expected));
  });
});

/** A copy of this package that says that it is of another release. */
function installOlderRelease({ workingDirectory }: Image): void {
  const installed = join(workingDirectory, 'node_modules', 'ailab-datasets');
  rmSync(installed);
  for (const part of ['src', 'builders', 'datasets']) {
    cpSync(join(repositoryRoot, 'dist', part), join(installed, 'dist', part), {
      recursive: true,
      filter: (file) => !/\.(?:map|d\.ts)$/.test(file),
    });
  }
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.9' }));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(installed, 'node_modules'));
}

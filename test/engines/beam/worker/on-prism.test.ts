import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  cpSync,
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
import { DatasetsError } from '../../../../src/core/errors/index.js';
import { BeamEngine } from '../../../../src/engines/beam/beam-engine.js';
import { PortableSubmitter } from '../../../../src/engines/beam/job/portable-submitter.js';
import { requirePrism } from '../../../beam/index.js';
import type { Image } from '../../../container/build-image.js';
import { repositoryRoot } from '../../../oracle/index.js';
import { digests, leftFiles, runJob } from '../../run-job.js';
import { imageOf, killAtGate, makeSquaresProject, numbers, type SquaresProject } from './squares-project.js';

describe('a project in the image of its workers, on Prism', () => {
  let folder = '';
  let project: SquaresProject;
  let image: Image & { readonly gate: string };
  let prism = '';

  before(async function () {
    prism = (await requirePrism(this)).endpoint;
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ailab-image-'));
    project = makeSquaresProject(folder);
    image = await imageOf(project);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Has Prism start the image's entry point, as its process environment does. */
  async function buildOnPrism(config: 'quick' | 'gated' = 'quick', signal = new AbortController().signal) {
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
    return runJob(folder, { ...project.squares(config), engine, signal });
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
    const expected = await runJob(folder, project.squares('quick'));
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

  it('refuses a job whose graph is another one there, and names the step', async () => {
    process.env['SQUARES_FEW'] = 'set for the submitter alone';
    try {
      await assert.rejects(buildOnPrism(), {
        code: 'GRAPH_MISMATCH',
        message: /step 1 is filter\S* in the submitter and keyBy\S* in the worker/,
      });
    } finally {
      delete process.env['SQUARES_FEW'];
    }
    nothingIsLeft();
  });

  it('refuses a job of a newer release', async () => {
    installOlderRelease(image);
    assert.match(
      await refusal(),
      /^a worker is not what its submitter is: ailab-datasets is \d+\.\d+\.\d+ in the submitter and 0\.0\.9 in the worker$/,
    );
  });

  it('gives nothing by halves when a worker is killed; built again it is whole', async () => {
    await killAtGate(image.gate, (signal) => buildOnPrism('gated', signal));
    nothingIsLeft();
    const expected = await runJob(folder, project.squares('quick'));
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

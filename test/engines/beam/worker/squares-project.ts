import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '../../../../src/core/config/index.js';
import { DatasetsError } from '../../../../src/core/errors/index.js';
import { emitContainer } from '../../../../src/project/index.js';
import { buildImage, type Image } from '../../../container/build-image.js';
import { makeTeamProject, type TeamProject } from '../../../container/team-project.js';
import type { RunOptions } from '../../run-job.js';

export const numbers = `n\n${Array.from({ length: 100 }, (_, n) => n).join('\n')}\n`;

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
    const few = process.env['SQUARES_FEW'] === undefined ? rows : rows.filter((row) => row.n < 10);
    return {
      train: few
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

/**
 * A project with a data set of squares, whose config `gated` stops in the middle and writes its process id to the file `gate`. A variable of the environment, SQUARES_FEW, changes its
 * graph, as no builder should allow.
 */
export interface SquaresProject extends TeamProject {
  /** What a build of it is run with. */
  squares(config: 'quick' | 'gated'): RunOptions;
}

export function makeSquaresProject(parent: string): SquaresProject {
  const project = makeTeamProject(parent);
  project.write('datasets/squares/builder.ts', builder);
  project.write('datasets/squares/square.ts', 'export const squareOf = (n: number): number => n * n;\n');
  project.write('datasets/squares/numbers.csv', numbers);
  const module = pathToFileURL(join(project.root, 'datasets', 'squares', 'builder.ts')).href;
  return { ...project, squares: (config) => ({ module, name: 'squares', config }) };
}

/** The image of a project as it is now, with the gate of its builder. */
export async function imageOf(project: TeamProject): Promise<Image & { readonly gate: string }> {
  await emitContainer(await loadConfig({ cwd: project.root, env: {} }), {});
  const image = buildImage(project.root);
  return { ...image, gate: join(image.workingDirectory, 'datasets', 'squares', 'gate') };
}

/** So long a runner has to notice that a worker is dead: Prism mostly does at once, and Python's runner may never. */
const patienceMilliseconds = 15_000;

/**
 * Runs a build of the config `gated`, and kills the process that works on it when it waits at the gate. The build has to fail; where its runner doesn't notice, as a person would end it.
 *
 * @param afterDeath is awaited before the runner's patience counts
 */
export async function killAtGate(
  gate: string,
  build: (signal: AbortSignal) => Promise<unknown>,
  afterDeath: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const controller = new AbortController();
  const failed = assert.rejects(build(controller.signal), (error) => {
    assert.ok(error instanceof DatasetsError, String(error));
    assert.equal(error.code, controller.signal.aborted ? 'INTERRUPTED' : 'JOB_FAILED', error.stack);
    return true;
  });
  while (!existsSync(gate) || readFileSync(gate, 'utf8') === '') await sleep(50);
  process.kill(Number(readFileSync(gate, 'utf8')), 'SIGKILL');
  await afterDeath();
  const waiting = setTimeout(() => controller.abort(), patienceMilliseconds);
  await failed;
  clearTimeout(waiting);
}

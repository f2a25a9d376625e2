import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findInterpreter } from '../test/oracle/environment.js';
import type { Benchmark, BenchmarkContext } from './benchmark.js';
import { benchmarks } from './benchmarks/index.js';
import { type Figure, showFigure, verdictOf } from './measure/figures.js';

const usage = `node dist/bench/run.js [names] [--runs 5] [--peer-runs 3] [--json file]

Compares this project with its peers: same input, same machine, in one run. Names are:
${benchmarks.map(({ name, description }) => `  ${name.padEnd(12)} ${description}`).join('\n')}`;

/** dist/bench */
const here = import.meta.dirname;
const repository = join(here, '..', '..');

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      'peer-runs': { type: 'string', default: '3' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const chosen = chooseBenchmarks(positionals);
  const processor = cpus()[0]?.model ?? 'unknown processor';
  console.log(
    `Node ${process.version}, ${cpus().length} x ${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
  );
  const figures: Figure[] = [];
  const installed = mkdtempSync(join(tmpdir(), 'ailab-bench-package-'));
  try {
    buildPackage(installed);
    for (const benchmark of chosen)
      figures.push(...(await runOne(benchmark, installed, Number(values.runs), Number(values['peer-runs']))));
  } finally {
    rmSync(installed, { recursive: true, force: true });
  }
  console.log(`\n${figures.map(showFigure).join('\n')}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  const missed = figures.filter((figure) => verdictOf(figure) === 'MISSED').length;
  console.log(`\n${figures.length} figures, ${missed} below their floor`);
}

function chooseBenchmarks(names: readonly string[]): readonly Benchmark[] {
  for (const name of names) {
    if (!benchmarks.some((benchmark) => benchmark.name === name))
      throw new Error(`no benchmark is named ${name}\n\n${usage}`);
  }
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}

/** What users install, which is bundled, with the data sets of benchmarks beside it. */
function buildPackage(folder: string): void {
  const script = join(repository, 'scripts', 'build.mjs');
  const { status } = spawnSync(process.execPath, [script, '--package', folder], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the package could not be built');
  cpSync(join(repository, 'package.json'), join(folder, 'package.json'));
  cpSync(join(here, 'datasets'), join(folder, 'dist', 'bench', 'datasets'), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
}

async function runOne(
  benchmark: Benchmark,
  installed: string,
  runs: number,
  peerRuns: number,
): Promise<readonly Figure[]> {
  console.log(`\n${benchmark.name}: ${benchmark.description}`);
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  try {
    return await benchmark.run(contextOf(folder, installed, runs, peerRuns));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contextOf(folder: string, installed: string, runs: number, peerRuns: number): BenchmarkContext {
  const project = join(folder, 'project');
  mkdirSync(project);
  const config = { datasets: [join(installed, 'dist', 'bench', 'datasets')], registry: join(folder, 'registry') };
  writeFileSync(join(project, 'ailab-datasets.config.json'), JSON.stringify(config));
  const cli = join(installed, 'dist', 'cli', 'main.js');
  return {
    runs,
    peerRuns,
    folder,
    ours: (...parameters) => ({ program: process.execPath, parameters: [cli, ...parameters], directory: project }),
    script: (name, ...parameters) => ({
      program: process.execPath,
      parameters: [join(here, 'ours', name), ...parameters],
      directory: project,
    }),
    peer: (script, ...parameters) => peerCommand(script, parameters),
    log: (line) => console.log(line),
  };
}

function peerCommand(script: string, parameters: readonly string[]) {
  const found = findInterpreter();
  if ('missing' in found) throw new Error(`the peers need Python: ${found.missing}`);
  // Python sources are not compiled: they lie beside the TypeScript.
  const file = join(repository, 'bench', 'peers', script);
  const environment = {
    TF_CPP_MIN_LOG_LEVEL: '3',
    CUDA_VISIBLE_DEVICES: '-1',
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_OFFLINE: '1',
  };
  return { program: found.program, parameters: [file, ...parameters], environment };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

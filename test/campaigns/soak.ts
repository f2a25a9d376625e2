/**
 * Builds and verifies more data than memory and temporary directory could hold by accident: `node dist/test/campaigns/soak.js [gigabytes] [MiB of memory]`. The command
 * runs in a memory cgroup, its registry lies on a file system made for it that holds little more than spill and shards together. Takes root, as both do.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treeMemory } from '../../bench/measure/memory.js';
import { MemoryGroup } from './soak/memory-group.js';

const gigabytes = Number(process.argv[2] ?? 20);
const memoryBytes = Number(process.argv[3] ?? 512) * 2 ** 20;
const dataBytes = gigabytes * 1e9;
/** Spill and shards, each once, and what a file system keeps for itself. */
const diskBytes = Math.ceil(2.15 * dataBytes);
const sampleMilliseconds = 250;

interface Sample {
  readonly memory: number;
  readonly disk: number;
}

async function run(group: MemoryGroup, registry: string, command: string): Promise<void> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'soak', 'limited.js'), group.directory, command, 'noise'],
    {
      env: { ...process.env, AILAB_SOAK_BYTES: String(dataBytes) },
      cwd: join(registry, '..'),
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    const { blocks, bfree, bsize } = statfsSync(registry);
    samples.push({ memory: treeMemory(child.pid ?? 0) ?? 0, disk: (blocks - bfree) * bsize });
  }, sampleMilliseconds);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  const ended = code === 0 ? '' : ` (ended with ${code ?? signal})`;
  console.log(`\n${command}: ${seconds.toFixed(0)} s${ended}, ${group.kills()} killed for want of memory`);
  console.log(`largest resident set by tenths of the time, MiB: ${tenths(samples).join(' ')}`);
  console.log(`largest use of the disk: ${(Math.max(...samples.map(({ disk }) => disk)) / 1e9).toFixed(1)} GB`);
  if (code !== 0) process.exitCode = 1;
}

function tenths(samples: readonly Sample[]): number[] {
  return Array.from({ length: 10 }, (_, tenth) => {
    const part = samples.slice((samples.length * tenth) / 10, (samples.length * (tenth + 1)) / 10);
    return Math.round(Math.max(0, ...part.map(({ memory }) => memory)) / 2 ** 20);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'ailab-soak-'));
const disk = join(folder, 'disk');
const project = join(disk, 'project');
const group = new MemoryGroup(memoryBytes);
try {
  writeFileSync(join(folder, 'image'), '');
  truncateSync(join(folder, 'image'), diskBytes);
  execFileSync('mkfs.ext4', ['-q', '-m', '0', join(folder, 'image')]);
  mkdirSync(disk);
  execFileSync('mount', ['-o', 'loop', join(folder, 'image'), disk]);
  const registry = join(project, 'registry');
  mkdirSync(registry, { recursive: true });
  const config = { datasets: [join(import.meta.dirname, 'soak', 'datasets')], registry, formats: ['tfrecord'] };
  writeFileSync(join(project, 'ailab-datasets.config.json'), JSON.stringify(config));
  console.log(`${gigabytes} GB of examples, ${memoryBytes / 2 ** 20} MiB of memory, ${diskBytes / 1e9} GB of disk`);
  await run(group, registry, 'build');
  await run(group, registry, 'verify');
} finally {
  group.remove();
  try {
    execFileSync('umount', [disk]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

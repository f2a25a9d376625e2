import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatasetsConfig, loadConfig, type ResolvedConfig } from '../../src/core/config/index.js';

const library = new URL('../../src/index.js', import.meta.url).href;

/** A team's own project in a temporary directory: TypeScript builders, a registry of its own. */
export class TeamProject {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<TeamProject> {
    const project = new TeamProject(await mkdtemp(join(tmpdir(), 'ailab-team-')));
    await mkdir(join(project.directory, 'datasets'));
    await writeFile(join(project.directory, 'package.json'), '{ "type": "module" }');
    return project;
  }

  get registry(): string {
    return join(this.directory, 'registry');
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  /** Writes `datasets/<name>/builder.ts`: a class whose body is given, with everything of the library in scope as `lib`. */
  async addDataset(name: string, body: string, before = ''): Promise<void> {
    await this.addFile(
      `datasets/${name}/builder.ts`,
      `import * as lib from '${library}';
const { features, scalar, text, csv, classLabel, tensor } = lib;
${before}
export class Sample extends lib.DatasetBuilder<any> {
  static override readonly datasetName = '${name}';
${body}
}
`,
    );
  }

  async addFile(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(join(this.directory, path, '..'), { recursive: true });
    await writeFile(join(this.directory, path), content);
  }

  config(flags: DatasetsConfig = {}): Promise<ResolvedConfig> {
    const settings = { datasets: ['datasets'], registry: 'registry', workers: 2, ...flags };
    return loadConfig({ cwd: this.directory, env: {}, flags: settings });
  }

  /** What is in the registry, staging included, but for reports of builds. */
  async leftovers(): Promise<readonly string[]> {
    const names = await readdir(this.registry).catch(() => []);
    const staged = await readdir(join(this.registry, '.staging')).catch(() => []);
    // A lease that was given back leaves the number that it had.
    const lasting = ['.staging', '.leases', '.builds'];
    return [...names.filter((name) => !lasting.includes(name)), ...staged];
  }
}

/** sha256 by path of every file below a directory but the manifest, which may say when and how it was built. */
export async function digestsBelow(directory: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'manifest.json');
  const digests = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return [
        path.slice(directory.length + 1),
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ] as const;
    }),
  );
  return Object.fromEntries(digests.sort(([a], [b]) => (a < b ? -1 : 1)));
}

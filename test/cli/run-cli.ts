import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder: this file is compiled to dist/test/cli/. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));
const binary = join(packageRoot, 'dist', 'cli', 'main.js');

/** What a finished command line left behind. */
export interface CliOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A team's project in a temporary folder, with this package installed as a link and a registry of its own. */
export class TemporaryProject {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(files: Readonly<Record<string, string>> = {}): Promise<TemporaryProject> {
    const project = new TemporaryProject(await realpath(await mkdtemp(join(tmpdir(), 'ailab-cli-'))));
    await mkdir(join(project.directory, 'node_modules'));
    await symlink(packageRoot, join(project.directory, 'node_modules', 'ailab-datasets'), 'dir');
    for (const [name, text] of Object.entries(files)) await project.write(name, text);
    return project;
  }

  get registry(): string {
    return join(this.directory, 'registry');
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  async write(name: string, text: string): Promise<string> {
    const file = this.path(name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  /** Makes packages of this repository's node_modules those of the project. */
  async install(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const link = this.path('node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(packageRoot, 'node_modules', name), link, 'dir');
    }
  }

  /** Runs `ailab-datasets` with some arguments, in the project or in a folder of it. */
  run(
    argv: readonly string[],
    options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
  ): Promise<CliOutcome> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [binary, ...argv],
        { cwd: options.cwd ?? this.directory, env: this.#environment(options.env), maxBuffer: 2 ** 28 },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : exitCodeOf(error), stdout, stderr }),
      );
    });
  }

  /** Runs a command that must succeed and print JSON. */
  async json(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const outcome = await this.run([...argv, '--json'], { env });
    if (outcome.code !== 0)
      throw new Error(`${argv.join(' ')} ended with ${outcome.code}: ${outcome.stdout}${outcome.stderr}`);
    return JSON.parse(outcome.stdout);
  }

  /** Starts a command, and sends it a signal or does something else as soon as its standard error matches. */
  interrupt(argv: readonly string[], when: RegExp, action: NodeJS.Signals | (() => unknown)): Promise<CliOutcome> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [binary, ...argv], { cwd: this.directory, env: this.#environment() });
      let stdout = '';
      let stderr = '';
      let sent = false;
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (sent || !when.test(stderr)) return;
        sent = true;
        if (typeof action === 'string') child.kill(action);
        else action();
      });
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  #environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const kept = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(?:AILAB_DATASETS_|NODE_OPTIONS|FORCE_COLOR|NO_COLOR|COLUMNS)/.test(name),
      ),
    );
    return { ...kept, HOME: this.directory, AILAB_DATASETS_REGISTRY: this.registry, ...extra };
  }
}

function exitCodeOf(error: Error): number | null {
  return 'code' in error && typeof error.code === 'number' ? error.code : null;
}

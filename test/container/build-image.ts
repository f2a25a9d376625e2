import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { ignored } from './ignored.js';
import { type Instruction, parseDockerfile } from './parse-dockerfile.js';
import { type LockEntries, linkPackage } from './team-project.js';

/** What Docker would make of a Dockerfile, in a folder: no container, but the same files, the same command and the same variables. */
export interface Image {
  /** Its base: `node:22.21.1-bookworm-slim`. */
  readonly base: string;
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly user: string;
  /** Absolute, on this machine. */
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments of Node; those of the runner follow. */
  readonly program: readonly string[];
}

/**
 * Does by hand what `docker build` does with a Dockerfile of `container emit`. `npm ci` becomes links to the packages of this repository, for each that it would install.
 *
 * @param context folder that is copied, with its .dockerignore
 */
export function buildImage(
  context: string,
  dockerfile = join(context, 'Dockerfile'),
  parent = dirname(context),
): Image {
  const beside = `${dockerfile}.dockerignore`;
  const isIgnored = ignored(readFileSync(existsSync(beside) ? beside : join(context, '.dockerignore'), 'utf8'));
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const instruction of parseDockerfile(readFileSync(dockerfile, 'utf8'))) {
    if (instruction.name === 'FROM') {
      const [base = '', as, name = String(stages.size)] = instruction.words;
      if (as !== undefined && as !== 'AS') throw new Error(`FROM ${instruction.text}`);
      stage = new Stage(base, realpathSync(mkdtempSync(join(parent, 'image-'))));
      stages.set(name, stage);
      continue;
    }
    stage?.run(instruction, { context, isIgnored, stages });
  }
  if (stage === undefined) throw new Error('no stage');
  return stage.image();
}

interface BuildContext {
  readonly context: string;
  readonly isIgnored: (path: string) => boolean;
  readonly stages: ReadonlyMap<string, Stage>;
}

class Stage {
  readonly #base: string;
  readonly root: string;
  #workingDirectory = '/';
  #user = 'root';
  #environment: Record<string, string> = {};
  #entryPoint: readonly string[] = [];

  constructor(base: string, root: string) {
    this.#base = base;
    this.root = root;
  }

  run({ name, flags, words, text }: Instruction, build: BuildContext): void {
    switch (name) {
      case 'WORKDIR':
        this.#workingDirectory = posix.resolve(this.#workingDirectory, text);
        mkdirSync(this.#place('.'), { recursive: true });
        return;
      case 'ENV':
        for (const word of words) {
          const [variable = '', value = ''] = word.split('=');
          this.#environment[variable] = value;
        }
        return;
      case 'USER':
        this.#user = text;
        return;
      case 'ENTRYPOINT':
        this.#entryPoint = words;
        return;
      case 'COPY':
        this.#copy(words, new Map(flags).get('from'), build);
        return;
      case 'RUN':
        this.#install(text);
        return;
      default:
        throw new Error(`${name} is not expected after FROM`);
    }
  }

  image(): Image {
    const [program, ...args] = this.#entryPoint;
    if (program !== 'node') throw new Error(`the entry point starts with ${program}`);
    const here = (path: string) => (posix.isAbsolute(path) ? this.#place(path) : path);
    return {
      base: this.#base,
      root: this.root,
      user: this.#user,
      workingDirectory: this.#place('.'),
      environment: Object.fromEntries(
        Object.entries(this.#environment).map(([name, value]) => [
          name,
          name === 'PATH' ? this.#programFolders(value) : here(value),
        ]),
      ),
      program: args.map(here),
    };
  }

  /** Those of the image, and this machine's in the place of the base's. */
  #programFolders(value: string): string {
    const own = value.split(':').map((folder) => this.#place(folder));
    return [...own.filter((folder) => existsSync(folder)), process.env['PATH']].join(':');
  }

  #place(path: string): string {
    return join(this.root, posix.resolve(this.#workingDirectory, path));
  }

  #copy(words: readonly string[], from: string | undefined, { context, isIgnored, stages }: BuildContext): void {
    const to = words.at(-1) ?? '';
    for (const source of words.slice(0, -1)) {
      const stage = from === undefined ? undefined : stages.get(from);
      if (from !== undefined && stage === undefined) throw new Error(`COPY from a stage that is not there: ${from}`);
      const path = join(stage?.root ?? context, source);
      const isFolder = source === '.' || stage !== undefined;
      const target = isFolder ? this.#place(to) : join(this.#place(to), posix.basename(source));
      cpSync(path, target, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (file) =>
          stage !== undefined || file === context || !isIgnored(relative(context, file).split(sep).join('/')),
      });
      if (!existsSync(target)) throw new Error(`COPY of what is left out: ${source}`);
    }
  }

  #install(command: string): void {
    if (!/(?:^|' )npm ci --omit=dev --no-audit --no-fund$/.test(command)) throw new Error(`RUN ${command}`);
    JSON.parse(readFileSync(this.#place('package.json'), 'utf8'));
    const lock = JSON.parse(readFileSync(this.#place('package-lock.json'), 'utf8')) as {
      readonly packages: LockEntries;
    };
    for (const [place, { dev, link }] of Object.entries(lock.packages)) {
      if (place.includes('node_modules/') && dev !== true && link !== true) linkPackage(this.#place('.'), place);
    }
  }
}

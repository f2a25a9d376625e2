import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { internalError } from '../../../core/errors/index.js';
import { packageDirectory } from '../../../core/release/index.js';
import { isRelativePath } from '../../../storage/index.js';

/** What every machine of a job has, each at a place of its own. */
export type RootName = 'project' | 'package';

const rootNames: readonly RootName[] = ['project', 'package'];

/**
 * Takes the paths of one machine for those of all: `{project}/data/items.csv` is the same file wherever the project lies. Other absolute paths stay as they are.
 *
 * @example
 * ```ts
 * const here = new Relocation('/home/ada/datasets');
 * here.toToken('/home/ada/datasets/items.csv'); // '{project}/items.csv'
 * new Relocation('/app').toPath('{project}/items.csv'); // '/app/items.csv'
 * ```
 */
export class Relocation {
  readonly #directories: Readonly<Record<RootName, string>>;
  /** As they were named and as links lead; the longest first, for one may lie in the other. */
  readonly #roots: readonly { readonly name: RootName; readonly directory: string }[];

  /** @param project root of the project on this machine, absolute. */
  constructor(project: string) {
    this.#directories = { project, package: packageDirectory };
    this.#roots = rootNames
      .flatMap((name) => [
        { name, directory: this.#directories[name] },
        { name, directory: real(this.#directories[name]) },
      ])
      .sort((a, b) => b.directory.length - a.directory.length);
  }

  /** @returns undefined for an absolute path that lies in none of the roots. */
  toToken(path: string): string | undefined {
    for (const { name, directory } of this.#roots) {
      const inside = relative(directory, path);
      if (inside === '') return `{${name}}`;
      if (inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside))
        return `{${name}}/${inside.split(sep).join('/')}`;
    }
    return undefined;
  }

  /** The path on this machine of what `toToken` gave on another; any other text as it is. */
  toPath(token: string): string {
    const [, name, slash, inside] = /^\{(project|package)\}(?:(\/)(.*))?$/s.exec(token) ?? [];
    if (name === undefined) return token;
    const directory = this.#directories[name as RootName];
    if (slash === undefined) return directory;
    if (!isRelativePath(inside ?? '')) throw internalError(`${JSON.stringify(token)} leaves its root`);
    return join(directory, inside ?? '');
  }
}

function real(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    // It is not there, and nothing lies in it.
    return directory;
  }
}

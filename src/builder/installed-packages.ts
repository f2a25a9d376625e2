import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

export interface InstalledPackage {
  /** Where its files really lie. */
  readonly directory: string;
  /** A link to a folder outside any node_modules: code of the same project. */
  readonly isLinked: boolean;
}

/** `lodash` of `lodash/fp`, `@scope/name` of `@scope/name/part`; undefined for what is no package's name (`#internal`, `/absolute`). */
export function packageNameOf(specifier: string): string | undefined {
  return /^(?:@[^/#.][^/]*\/)?[^@/#.][^/]*/.exec(specifier)?.[0];
}

/** Finds a package as Node does: in the node_modules of a folder, or of those above it. */
export async function installedPackage(name: string, from: string): Promise<InstalledPackage | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const directory = await realpath(join(folder, 'node_modules', name)).catch(() => undefined);
    if (directory !== undefined) {
      return { directory, isLinked: !directory.split(sep).includes('node_modules') };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * The installed versions of packages and of all that they depend on, as `name version`, sorted. One that is not installed has no version.
 *
 * @param names each with the folder from which it is imported.
 */
export async function packageVersions(names: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const versions = new Set((await installedTree(names)).map(({ name, version }) => `${name} ${version}`));
  return [...versions].sort();
}

/** One place where a package is installed. */
export interface PackagePlace {
  readonly name: string;
  readonly version: string;
  /** Absolute, real. */
  readonly directory: string;
  /** It is installed on some platforms only. */
  readonly isForPlatform: boolean;
}

/** Where packages and all that they depend on are installed, in no order; what isn't is left out. */
export async function installedTree(names: ReadonlyMap<string, string>): Promise<readonly PackagePlace[]> {
  const places = new Map<string, PackagePlace>();
  const seen = new Set<string>();
  const visit = async (name: string, from: string): Promise<void> => {
    const found = await installedPackage(name, from);
    if (found === undefined || seen.has(found.directory)) return;
    const { directory } = found;
    seen.add(directory);
    const { version, os, cpu, dependencies, optionalDependencies } = await readPackage(directory);
    const isForPlatform = os !== undefined || cpu !== undefined;
    places.set(directory, { name, version: String(version), directory, isForPlatform });
    const needed = Object.keys({ ...dependencies, ...optionalDependencies });
    await Promise.all(needed.map((dependency) => visit(dependency, directory)));
  };
  await Promise.all([...names].map(([name, from]) => visit(name, from)));
  return [...places.values()];
}

interface PackageJson {
  readonly version?: unknown;
  readonly os?: unknown;
  readonly cpu?: unknown;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly optionalDependencies?: Readonly<Record<string, unknown>>;
}

async function readPackage(directory: string): Promise<PackageJson> {
  const text = await readFile(join(directory, 'package.json'), 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as PackageJson;
  } catch {
    // A package whose description can't be read can't be imported either; the build will say so.
    return {};
  }
}

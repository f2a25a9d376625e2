import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { installedTree, type PackagePlace } from './installed-packages.js';

/**
 * The installed versions of packages and of all that they depend on, with the integrity that npm has checked. What is installed on some platforms only is left out: the version of what
 * needs it says which it is, and another machine has another.
 *
 * @param names each with the folder from which it is imported
 * @returns `3.0.1 sha512-...` by name; several versions of one name stand beside each other
 */
export async function lockedPackages(names: ReadonlyMap<string, string>): Promise<Readonly<Record<string, string>>> {
  const places = (await installedTree(names)).filter(({ isForPlatform }) => !isForPlatform);
  const locks = new Map<string, Promise<InstalledLock | undefined>>();
  const byName = new Map<string, Set<string>>();
  for (const place of places) {
    const versions = byName.get(place.name) ?? new Set();
    byName.set(place.name, versions.add(await versionText(place, locks)));
  }
  return Object.fromEntries([...byName].map(([name, versions]) => [name, [...versions].sort().join(', ')]));
}

/** What npm writes beside what it has installed (`node_modules/.package-lock.json`). */
interface InstalledLock {
  readonly packages?: Readonly<Record<string, { readonly version?: unknown; readonly integrity?: unknown }>>;
}

async function versionText(
  { version, directory }: PackagePlace,
  locks: Map<string, Promise<InstalledLock | undefined>>,
): Promise<string> {
  const root = rootOf(directory);
  if (root === undefined) return version;
  let lock = locks.get(root);
  if (lock === undefined) {
    lock = readLock(root);
    locks.set(root, lock);
  }
  const entry = (await lock)?.packages?.[relative(root, directory).split(sep).join('/')];
  const isKnown = entry?.version === version && typeof entry.integrity === 'string';
  return isKnown ? `${version} ${String(entry.integrity)}` : version;
}

/** The folder with the outermost node_modules that a package lies in: a package may have some of its own. */
function rootOf(directory: string): string | undefined {
  const parts = directory.split(sep);
  const outermost = parts.indexOf('node_modules');
  return outermost < 0 ? undefined : parts.slice(0, outermost).join(sep);
}

async function readLock(root: string): Promise<InstalledLock | undefined> {
  for (const file of [join(root, 'node_modules', '.package-lock.json'), join(root, 'package-lock.json')]) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    try {
      return JSON.parse(text) as InstalledLock;
    } catch {
      // A lock that nobody can read says nothing of integrity; versions are known all the same.
      return undefined;
    }
  }
  return undefined;
}

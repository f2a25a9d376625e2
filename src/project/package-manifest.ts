import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatasetsError } from '../core/errors/index.js';

/** What is read of this package's own package.json. */
export interface PackageManifest {
  readonly version: string;
  /** Optional packages with the range of versions that work. */
  readonly peers: Readonly<Record<string, string>>;
  /** Node's range, e.g. `>=20.19`. */
  readonly node: string;
  /** The folder that it lies in. */
  readonly directory: string;
}

/** Reads this package's package.json, wherever it is installed. */
export async function readOwnManifest(): Promise<PackageManifest> {
  const directory = await ownDirectory(dirname(fileURLToPath(import.meta.url)));
  const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
  return {
    version: String(manifest['version']),
    peers: stringFields(manifest['peerDependencies']),
    node: stringFields(manifest['engines'])['node'] ?? '*',
    directory,
  };
}

async function ownDirectory(from: string): Promise<string> {
  const name = await readFile(join(from, 'package.json'), 'utf8').then(
    (text) => (JSON.parse(text) as { readonly name?: unknown }).name,
    () => undefined,
  );
  if (name === 'ailab-datasets') return from;
  const parent = dirname(from);
  if (parent === from)
    throw new DatasetsError('INTERNAL', 'the package.json of ailab-datasets is not where it was installed');
  return ownDirectory(parent);
}

function stringFields(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, String(field)]));
}

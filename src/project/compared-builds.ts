import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { comparedDirectory, comparedLease } from '../build/index.js';
import type { ResolvedConfig } from '../core/config/index.js';
import { formatReference } from '../core/names/index.js';
import { listStagedBuilds, openRegistry, takeFreeLease } from '../registry/index.js';
import { LocalStorage, storageError, systemErrorCode } from '../storage/index.js';

/** A version that was built beside its registry to be compared, by a process that was killed. */
export interface ComparedBuild {
  /** The folder's name. */
  readonly folder: string;
  /** `product_a:1.2.0`, as far as the folder tells. */
  readonly name: string;
}

/** What comparisons have left on this machine. One that runs may be among them where it is between building and comparing. */
export async function listComparedBuilds(config: ResolvedConfig): Promise<readonly ComparedBuild[]> {
  const directory = comparedDirectory(config);
  const found: ComparedBuild[] = [];
  for (const folder of await foldersOf(directory)) {
    const beside = openRegistry(join(directory, folder));
    const staged = await listStagedBuilds(beside);
    if (staged.some(({ state }) => state === 'running')) continue;
    const names = [
      ...staged.flatMap(({ target }) => (target === undefined ? [] : [formatReference(target)])),
      ...(await beside.listDatasets()).flatMap(({ name, versions, configs }) => [
        ...versions.map((version) => formatReference({ name, version })),
        ...configs.flatMap((each) =>
          each.versions.map((version) => formatReference({ name, config: each.name, version })),
        ),
      ]),
    ];
    found.push({ folder, name: names[0] ?? folder });
  }
  return found;
}

/** Removes what comparisons have left, but for those on which somebody works. */
export async function removeComparedBuilds(config: ResolvedConfig): Promise<readonly ComparedBuild[]> {
  const directory = comparedDirectory(config);
  const storage = new LocalStorage(directory, { durable: false });
  const removed: ComparedBuild[] = [];
  for (const build of await listComparedBuilds(config)) {
    const about = async () => ({ removes: build.folder });
    const lease = await takeFreeLease(storage, comparedLease(build.folder), { about });
    if (lease === undefined) continue;
    await rm(join(directory, build.folder), { recursive: true, force: true });
    await lease.release();
    removed.push(build);
  }
  return removed;
}

async function foldersOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    if (systemErrorCode(cause) === 'ENOENT') return [];
    throw storageError(cause, 'read', directory);
  });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

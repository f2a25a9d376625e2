import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ResolvedConfig, withRegistry } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import { sourceStaging } from '../../engines/index.js';
import {
  digestObject,
  type Manifest,
  type ManifestExtract,
  type ManifestExtractFile,
  openRegistry,
  type Registry,
  readManifest,
} from '../../registry/index.js';
import type {
  ExtractFile,
  GivenExtract,
  GivenExtracts,
  GivenStates,
  GivenTable,
  QueryRecord,
  SourceState,
} from '../../sources/index.js';
import { LocalStorage, type Storage, storageError } from '../../storage/index.js';
import { type BuildTarget, nameOfTarget } from '../target.js';

/** A version that retained what its queries gave. */
export interface RetainedVersion {
  readonly registry: Registry;
  readonly manifest: Manifest;
}

/**
 * Finds the version that is to be built in a registry that has it, with what its queries gave.
 *
 * @param place a directory, `gs://bucket/path`, or a name of the configuration
 * @throws DatasetsError as `Registry.resolve`; UNSUPPORTED where nothing was retained
 */
export async function findRetained(
  place: string,
  target: BuildTarget,
  config: ResolvedConfig,
): Promise<RetainedVersion> {
  const registry = openRegistry(withRegistry(config, place).registry);
  const { path } = await registry.resolve(target.reference);
  const manifest = await readManifest(registry.storage, path);
  if (manifest !== undefined && isRetained(manifest)) return { registry, manifest };
  const why = manifest?.rebuildable?.why ?? 'it was built without any query';
  throw new DatasetsError(
    'UNSUPPORTED',
    `${nameOfTarget(target)} in ${registry.location} holds no result of a query: ${why}`,
    { hint: 'Leave out --from-extract to run its queries.', at: { dataset: target.definition.name } },
  );
}

/** Whether anything is kept of its queries. */
export function isRetained({ sources }: Manifest): boolean {
  return sources.some(({ extracts = [], tableSnapshots = [] }) => extracts.length + tableSnapshots.length > 0);
}

/**
 * Fetches what the queries of a version gave to where sources find it.
 *
 * @param runOthers whether a query may run of which nothing is left; one that is damaged is an error otherwise
 * @throws DatasetsError DATA_CORRUPT for one that is missing or not what was kept; what the storage throws
 */
export async function fetchExtracts(
  { registry, manifest }: RetainedVersion,
  workDirectory: string,
  runOthers: boolean,
): Promise<GivenExtracts> {
  const given: (GivenExtract | GivenTable)[] = [];
  for (const source of manifest.sources) {
    for (const { inputs, privateReason: _, ...table } of source.tableSnapshots ?? []) {
      if (runOthers && !isThere(table)) continue;
      given.push({ ...table, format: 'table', ...statesOf(manifest, source, inputs) });
    }
    for (const extract of source.extracts ?? []) {
      try {
        const files = await fetchFiles(registry.storage, manifest, extract, sourceStaging(workDirectory));
        given.push(givenExtract(manifest, source, extract, files));
      } catch (error) {
        if (!runOthers || !(error instanceof DatasetsError) || error.code !== 'DATA_CORRUPT') throw error;
      }
    }
  }
  return { results: given, isAll: !runOthers };
}

/** The queries that a build has read from extracts. */
export function namesOfRead(extracts: GivenExtracts | undefined, sources: readonly SourceState[]): readonly string[] {
  const read = new Set(sources.map(({ uri, digest }) => `${uri} ${digest}`));
  const queries = extracts?.results.map(({ query }) => query) ?? [];
  return [...new Set(queries.filter(({ uri, digest }) => read.has(`${uri} ${digest}`)).map(({ uri }) => uri))];
}

function givenExtract(
  manifest: Manifest,
  source: Manifest['sources'][number],
  { of, format, integers = [], inputs = [] }: ManifestExtract,
  files: readonly ExtractFile[],
): GivenExtract {
  return { of, format, integers, files, ...statesOf(manifest, source, inputs) };
}

function statesOf(
  manifest: Manifest,
  source: Manifest['sources'][number],
  inputs: readonly string[] = [],
): GivenStates {
  const states = new Map(manifest.sources.map((other) => [other.uri, stateOf(other)]));
  return { query: stateOf(source), inputs: inputs.flatMap((uri) => states.get(uri) ?? []) };
}

function isThere({ expires }: { readonly expires: string }): boolean {
  return Date.parse(expires) > Date.now();
}

function stateOf({ uri, bytes, digest, modified, query }: Manifest['sources'][number]): SourceState {
  return {
    uri,
    ...(bytes !== undefined && { bytes }),
    ...(digest !== undefined && { digest }),
    ...(modified !== undefined && { modified }),
    ...(query !== undefined && { query: recordOf(query) }),
  };
}

function recordOf({ snapshotTime, ...query }: NonNullable<Manifest['sources'][number]['query']>): QueryRecord {
  return { ...query, ...(snapshotTime !== undefined && { snapshotTime }) };
}

async function fetchFiles(
  storage: Storage,
  manifest: Manifest,
  { files }: ManifestExtract,
  directory: string,
): Promise<readonly ExtractFile[]> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw storageError(cause, 'make', directory);
  }
  const fetched: ExtractFile[] = [];
  for (const { path, bytes, sha256, rows } of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const target = new LocalStorage(directory);
    // A build that goes on has fetched it before.
    if ((await digestObject(target, name))?.sha256 !== sha256) {
      await fetchFile(storage, `${manifest.name}/${path}`, { target, name, sha256 }, manifest);
    }
    fetched.push({ path: name, bytes, sha256, rows });
  }
  return fetched;
}

async function fetchFile(
  storage: Storage,
  path: string,
  {
    target,
    name,
    sha256,
  }: Pick<ManifestExtractFile, 'sha256'> & { readonly target: LocalStorage; readonly name: string },
  manifest: Manifest,
): Promise<void> {
  const isThere = (await storage.stat(path)) !== undefined;
  if (isThere) await storage.download(path, join(target.location, name));
  if (isThere && (await digestObject(target, name))?.sha256 === sha256) return;
  await target.delete(name);
  throw new DatasetsError(
    'DATA_CORRUPT',
    `${storage.location}/${path}, which a query of ${formatReference(manifest)} gave, is ${isThere ? 'damaged' : 'missing'}`,
    { hint: 'verify --repair fetches it from another registry.', at: { dataset: manifest.name, file: path } },
  );
}

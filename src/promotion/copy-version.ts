import { join } from 'node:path';
import { type PulledAmounts, pullFiles } from '../cache/index.js';
import { DatasetsError, isTransient } from '../core/errors/index.js';
import { formatReference } from '../core/names/index.js';
import {
  attestFingerprint,
  keepExtracts,
  type LeaseHolder,
  type Manifest,
  type NewExtract,
  parseManifest,
  publish,
  type Registry,
  type ResolvedVersion,
  readAttestations,
  readDefaultConfig,
  readManifest,
  readYank,
  type StagedVersion,
  type StageOptions,
  stageVersion,
  versionFiles,
  versionPath,
  versionYanked,
  writeAudit,
} from '../registry/index.js';
import { LocalStorage } from '../storage/index.js';

export interface CopyOptions {
  /** For the audit. */
  readonly reason: string;
  readonly actor?: string | undefined;
  /** Absolute; where files for a remote registry are staged. */
  readonly workDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the version's lease; tests shorten them. */
  readonly lease?: StageOptions['lease'];
  /** Called when somebody else builds or copies the version, once for each. */
  readonly onWaiting?: ((holder: LeaseHolder) => void) | undefined;
  /** Called once the files are known, with the bytes of all and of those that an earlier copy has fetched already. */
  readonly onStart?:
    | ((copy: { readonly reference: string; readonly bytes: number; readonly keptBytes: number }) => void)
    | undefined;
  /** Called with the bytes that are there so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** `exists`: the target had it already, with the same content. */
export type CopyReport = { readonly status: 'exists' } | ({ readonly status: 'copied' } & PulledAmounts);

/**
 * Copies a version to another registry as it is, byte for byte: nothing is built. Each file is compared with the manifest (size, CRC-32C, sha256) when it comes from
 * its registry, and the whole appears in the other one as a build does. A copy that was broken off goes on with the files that it has. What was attested of the version is attested there as well, also of one that is there already.
 *
 * @throws DatasetsError UNSUPPORTED for data without a manifest, or a part that was pulled; DATA_CORRUPT when a file is not what was published; VERSION_YANKED when it was yanked in the target; VERSION_IMMUTABLE when the target has the version with other
 *   content, or had it; STORAGE_FULL, INTERRUPTED, and what storages throw. Nothing is published then.
 */
export async function copyVersion(
  from: Registry,
  to: Registry,
  version: ResolvedVersion,
  options: CopyOptions,
): Promise<CopyReport> {
  const bytes = await from.storage.read(`${version.path}/${versionFiles.manifest}`);
  const manifest = await checkSource(from, version, bytes);
  const yank = await readYank(to.storage, version);
  if (yank !== undefined) throw versionYanked(version, yank, to.location);
  const report = await copyUnlessEqual(from, to, { version, manifest, bytes: bytes ?? new Uint8Array() }, options);
  await copyAttestations(from, to, version, manifest, options.actor);
  return report;
}

async function copyUnlessEqual(
  from: Registry,
  to: Registry,
  copied: CopiedVersion,
  options: CopyOptions,
): Promise<CopyReport> {
  const { version, manifest } = copied;
  if (await hasEqual(to, version, manifest)) return { status: 'exists' };
  try {
    return { status: 'copied', ...(await stageAndPublish(from, to, copied, options)) };
  } catch (error) {
    const isTaken = error instanceof DatasetsError && error.code === 'VERSION_EXISTS';
    if (isTaken && (await hasEqual(to, version, manifest))) return { status: 'exists' };
    throw error;
  }
}

/** A build in the other registry would compare what was compared here already. */
async function copyAttestations(
  from: Registry,
  to: Registry,
  { name, config, version }: ResolvedVersion,
  { contentDigest }: Manifest,
  actor: string | undefined,
): Promise<void> {
  const attestations = await readAttestations(from, { name, config, version }, contentDigest);
  for (const attestation of attestations.toReversed()) {
    await attestFingerprint(to, { name, config, version }, attestation, actor);
  }
}

interface CopiedVersion {
  readonly version: ResolvedVersion;
  readonly manifest: Manifest;
  /** The manifest as it is published: it is copied as well, so that its digest of itself stays. */
  readonly bytes: Uint8Array;
}

async function stageAndPublish(
  from: Registry,
  to: Registry,
  copied: CopiedVersion,
  options: CopyOptions,
): Promise<PulledAmounts> {
  const { version, manifest } = copied;
  const { workDirectory, signal, onWaiting, reason, actor, lease } = options;
  const identity = `copy_${manifest.selfDigest.slice(0, 32)}`;
  const staged = await stageVersion(to, version, { identity, workDirectory, signal, onWaiting, lease });
  try {
    const amounts = await fetchStaged(from, staged, copied, options);
    signal?.throwIfAborted();
    await publish(staged, { defaultConfig: await readDefaultConfig(from.storage, version.name) });
    const { name, config, version: number } = version;
    const subject = { name, config, version: number };
    const { contentDigest } = manifest;
    await writeAudit(to, { action: 'copy-version', subject, actor, reason, from: from.location, contentDigest });
    return amounts;
  } catch (error) {
    if (isTransient(error)) await staged.leave();
    throw error;
  } finally {
    await staged.discard();
  }
}

async function fetchStaged(
  from: Registry,
  staged: StagedVersion,
  { version, manifest, bytes }: CopiedVersion,
  options: CopyOptions,
): Promise<PulledAmounts> {
  const tree = new LocalStorage(staged.directory);
  const partial = join(staged.workDirectory, 'partial');
  await new LocalStorage(staged.workDirectory).makeDirectory('partial');
  const amounts = await pullFiles({
    ...{ from: from.storage, path: version.path, tree, partial, options },
    wanted: manifest.files,
    reference: formatReference(version),
  });
  const extracts = extractsOf(manifest);
  const { signal } = options;
  await pullFiles({
    ...{ from: from.storage, path: version.name, tree: new LocalStorage(staged.retainedDirectory), partial },
    wanted: extracts.map(({ file }) => file),
    reference: formatReference(version),
    options: { signal },
  });
  const kept = extracts.map(
    ({ file, format }): NewExtract => ({
      path: join(staged.retainedDirectory, file.path),
      ...{ format, bytes: file.bytes, sha256: file.sha256, rows: file.rows },
    }),
  );
  await keepExtracts(staged, kept, { signal });
  await tree.write(versionFiles.manifest, bytes);
  return amounts;
}

/** Each file of what queries gave, once, with its format. */
function extractsOf({ sources }: Manifest) {
  const all = sources.flatMap(({ extracts = [] }) =>
    extracts.flatMap(({ format, files }) => files.map((file) => ({ format, file }))),
  );
  return [...new Map(all.map((extract) => [extract.file.path, extract])).values()];
}

async function checkSource(from: Registry, version: ResolvedVersion, bytes: Uint8Array | undefined): Promise<Manifest> {
  const reference = formatReference(version);
  const at = { dataset: version.name };
  if (bytes === undefined) {
    throw new DatasetsError(
      'UNSUPPORTED',
      `${reference} in ${from.location} was prepared by tfds: without a manifest nothing says which bytes it had`,
      { hint: `Take it into a registry first: ailab-datasets publish DIRECTORY --as ${reference}`, at },
    );
  }
  const file = `${version.location}/${versionFiles.manifest}`;
  const manifest = await parseManifest(bytes, file);
  if (formatReference(manifest) !== reference) {
    throw new DatasetsError('MANIFEST_INVALID', `${file} is that of ${formatReference(manifest)}`, {
      hint: 'Somebody moved a version. Put it back in its place.',
      at: { ...at, file },
    });
  }
  if (manifest.partOf === undefined) return manifest;
  throw new DatasetsError('UNSUPPORTED', `${from.location} holds only a part of ${reference}`, {
    hint: 'It was pulled by --split or --file-format. Promote it from the registry that it came from.',
    at,
  });
}

/** @throws DatasetsError VERSION_IMMUTABLE when it has the version with other content. */
async function hasEqual(to: Registry, version: ResolvedVersion, manifest: Manifest): Promise<boolean> {
  const { name, config, version: number } = version;
  if (!(await to.listVersions(name, config)).includes(number)) return false;
  const there = await readManifest(to.storage, versionPath(version));
  if (there?.contentDigest === manifest.contentDigest) return true;
  const digest = there === undefined ? 'no manifest' : `the content digest ${there.contentDigest}`;
  throw new DatasetsError(
    'VERSION_IMMUTABLE',
    `${formatReference(version)} is in ${to.location} with other content: it has ${digest} there, and ${manifest.contentDigest} here`,
    { hint: 'A published version never changes. Raise the version and promote that one.', at: { dataset: name } },
  );
}

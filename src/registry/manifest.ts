import type { z } from 'zod';
import { DatasetsError } from '../core/errors/index.js';
import { type Json, parseJson } from '../core/json/index.js';
import type { Storage } from '../storage/index.js';
import { contradictionIn } from './check-manifest.js';
import { currentFormatVersion } from './format-version.js';
import { versionFiles } from './layout.js';
import type { manifestSchema } from './manifest-schema.js';
import { sealJson, sealOf } from './manifest-seal.js';

type Scalar = string | number | boolean | null | undefined;
/** JSON of any shape is readonly as it is; looking into it would never end. */
type Readable<T> = Json extends T ? T : T extends Scalar ? T : { readonly [Key in keyof T]: Readable<T[Key]> };

/** What `manifest.json` holds; docs/manifest.schema.json describes each field. */
export type Manifest = Readable<z.infer<typeof manifestSchema>>;
export type ManifestFile = Manifest['files'][number];
/** A manifest as it is made: its digest of itself comes with its text. */
export type ManifestContent = Omit<Manifest, 'selfDigest'> & { readonly selfDigest?: string };

/**
 * Reads and checks a version's manifest.
 *
 * @param path the version's directory in the storage, `''` where the storage is that directory.
 * @returns undefined when there is none: the directory is torn, or was prepared by tfds.
 * @throws DatasetsError FORMAT_TOO_NEW, MANIFEST_INVALID with the field that is wrong.
 */
export async function readManifest(storage: Storage, path: string): Promise<Manifest | undefined> {
  const file = path === '' ? versionFiles.manifest : `${path}/${versionFiles.manifest}`;
  const bytes = await storage.read(file);
  return bytes === undefined ? undefined : parseManifest(bytes, `${storage.location}/${file}`);
}

/**
 * @param file is named in errors.
 * @throws DatasetsError FORMAT_TOO_NEW; MANIFEST_INVALID for a byte that isn't the one that was written, a field that is wrong, or two
 * that contradict each other.
 */
export async function parseManifest(bytes: Uint8Array, file: string): Promise<Manifest> {
  const json = parseJson(bytes, file);
  const seal = sealOf(bytes);
  checkFormatVersion(json, file, seal);
  if (seal === 'broken') throw invalid(file, 'its bytes are not the ones that were written: its selfDigest is another');
  // zod costs tens of milliseconds to load; a command that reads no manifest doesn't pay.
  const { manifestSchema } = await import('./manifest-schema.js');
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}`, parsed.error);
  }
  if (seal === 'missing') throw invalid(file, "it doesn't end with its selfDigest, so it was written anew");
  const contradiction = contradictionIn(parsed.data);
  if (contradiction !== undefined) throw invalid(file, contradiction);
  return parsed.data;
}

/** The text of a manifest, with the digest of itself at its end; the inverse of `parseManifest`. */
export function formatManifest(manifest: ManifestContent): string {
  const { selfDigest, ...content } = manifest;
  return sealJson(content);
}

/** Looked at before anything else, because a newer manifest may differ in everything but this field; unless a flipped bit made it newer. */
function checkFormatVersion(json: Json, file: string, seal: ReturnType<typeof sealOf>): void {
  const version = typeof json === 'object' && json !== null && 'formatVersion' in json ? json.formatVersion : undefined;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw invalid(file, `formatVersion is ${JSON.stringify(version)?.slice(0, 40)}`);
  }
  if (version <= currentFormatVersion || seal === 'broken') return;
  throw new DatasetsError(
    'FORMAT_TOO_NEW',
    `${file} has format version ${version}; this release reads up to ${currentFormatVersion}`,
    { hint: 'Update ailab-datasets to read this version.', at: { file } },
  );
}

function invalid(file: string, what: string, cause?: unknown): DatasetsError {
  return new DatasetsError('MANIFEST_INVALID', `${file} is no valid manifest: ${what}`, {
    hint: 'The file was changed after it was published. Restore it with verify --repair, or publish the version again.',
    cause,
    at: { file },
  });
}

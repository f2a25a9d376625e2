import { DatasetsError } from '../core/errors/index.js';
import { type Json, parseJson } from '../core/json/index.js';
import type { Storage } from '../storage/index.js';
import { formatJson } from './format-json.js';
import { versionFiles } from './layout.js';
import { locationOf } from './location.js';

/** Texts by the names of the fingerprint's parts. */
export type ProvenanceTexts = Readonly<Record<string, string>>;

export function formatProvenance(texts: ProvenanceTexts): string {
  const sorted = Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
  return formatJson({ formatVersion: 1, texts: Object.fromEntries(sorted) });
}

/**
 * Texts of the code and the queries that a version was made with.
 *
 * @param path the version's directory in the storage
 * @returns none for a version of a release that kept none, and for one that no builder made
 * @throws DatasetsError MANIFEST_INVALID for a file that something else wrote
 */
export async function readProvenance(storage: Storage, path: string): Promise<ProvenanceTexts> {
  const file = `${path}/${versionFiles.provenance}`;
  const bytes = await storage.read(file);
  if (bytes === undefined) return {};
  const texts = textsOf(parseJson(bytes, locationOf(storage, file)));
  if (texts !== undefined) return texts;
  throw new DatasetsError('MANIFEST_INVALID', `${locationOf(storage, file)} holds no texts`, {
    hint: 'Something else wrote it: verify --repair puts it back.',
    at: { file: locationOf(storage, file) },
  });
}

/** Undefined for what is no object of texts under `texts`. */
export function textsOf(json: Json): ProvenanceTexts | undefined {
  const texts = typeof json === 'object' && json !== null && 'texts' in json ? json.texts : undefined;
  if (!isTexts(texts)) return undefined;
  return texts;
}

function isTexts(value: unknown): value is ProvenanceTexts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

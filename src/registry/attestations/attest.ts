import { randomUUID } from 'node:crypto';
import { type Json, parseJson } from '../../core/json/index.js';
import { type DatasetName, formatReference } from '../../core/names/index.js';
import { defaultActor, writeAudit } from '../audit.js';
import { formatJson } from '../format-json.js';
import { generationNumbers, generationPath } from '../generations.js';
import { attestationPath } from '../layout.js';
import { locationOf } from '../location.js';
import { type ProvenanceTexts, textsOf } from '../provenance-file.js';
import type { Registry } from '../registry.js';
import type { VersionName } from '../version-name.js';

/** That another fingerprint than the published one gives a version's content: somebody has built it and compared. */
export interface Attestation {
  readonly fingerprint: { readonly digest: string; readonly parts: Readonly<Record<string, string>> };
  /** Of code and queries, by the parts' names. */
  readonly texts: ProvenanceTexts;
  /** The content that it gave. */
  readonly contentDigest: string;
  readonly actor: string;
  /** ISO 8601 */
  readonly attestedAt: string;
}

/**
 * Notes that a fingerprint gives the content of a published version, and says so in the audit. The version stays as it is, byte for byte. One that is noted already is not noted again.
 *
 * @returns whether it is new.
 */
export async function attestFingerprint(
  registry: Registry,
  version: VersionName & { readonly name: DatasetName },
  found: Pick<Attestation, 'fingerprint' | 'texts' | 'contentDigest'>,
  actor: string = defaultActor(),
): Promise<boolean> {
  const { name, config, version: number } = version;
  const subject = { name, ...(config !== undefined && { config }), version: number };
  const path = attestationPath(subject);
  const { fingerprint, texts, contentDigest } = found;
  const { digest } = fingerprint;
  for (;;) {
    const known = await readAttestations(registry, subject, contentDigest);
    if (known.some((one) => one.fingerprint.digest === digest)) return false;
    const generation = ((await generationNumbers(registry.storage, path)).at(-1) ?? 0) + 1;
    const record = { ...subject, reference: formatReference(subject), fingerprint, texts, contentDigest, actor };
    const text = formatJson({ ...record, attestedAt: new Date().toISOString(), id: randomUUID() });
    // Somebody else was first: it may be the same one.
    if (!(await registry.storage.createIfAbsent(generationPath(path, generation), text))) continue;
    await writeAudit(registry, { action: 'attest', subject, actor, fingerprint: digest, contentDigest, generation });
    return true;
  }
}

/**
 * What was attested of a version, the newest first. Whoever can't read one says nothing wrong by leaving it out: the version is built again then, and compared.
 *
 * @param contentDigest of the version as it is: what was said of other content, which was overwritten, says nothing
 */
export async function readAttestations(
  { storage }: Registry,
  version: VersionName,
  contentDigest: string,
): Promise<readonly Attestation[]> {
  const path = attestationPath(version);
  const found: Attestation[] = [];
  for (const number of await generationNumbers(storage, path)) {
    const file = generationPath(path, number);
    const bytes = await storage.read(file);
    const attestation = bytes && parseAttestation(parseJson(bytes, locationOf(storage, file)));
    if (attestation?.contentDigest === contentDigest) found.unshift(attestation);
  }
  return found;
}

function parseAttestation(json: Json): Attestation | undefined {
  const texts = textsOf(json);
  if (texts === undefined || typeof json !== 'object' || json === null) return undefined;
  const { fingerprint, contentDigest, actor, attestedAt } = json as Readonly<Record<string, unknown>>;
  if (!isFingerprint(fingerprint) || typeof contentDigest !== 'string') return undefined;
  return { fingerprint, texts, contentDigest, actor: String(actor), attestedAt: String(attestedAt) };
}

function isFingerprint(value: unknown): value is Attestation['fingerprint'] {
  if (typeof value !== 'object' || value === null || !('digest' in value) || !('parts' in value)) return false;
  const { digest, parts } = value;
  if (typeof digest !== 'string' || typeof parts !== 'object' || parts === null) return false;
  return Object.values(parts).every((part) => typeof part === 'string');
}

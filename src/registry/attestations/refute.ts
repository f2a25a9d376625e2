import { randomUUID } from 'node:crypto';
import { type Json, type JsonObject, parseJson, stringifyJson } from '../../core/json/index.js';
import { type DatasetName, formatReference } from '../../core/names/index.js';
import { defaultActor, writeAudit } from '../audit.js';
import { generationNumbers, generationPath } from '../generations.js';
import { refutationPath } from '../layout.js';
import { locationOf } from '../location.js';
import type { Registry } from '../registry.js';
import type { VersionName } from '../version-name.js';

/** That a fingerprint does not give a version's content: somebody has built it and compared. The opposite of an attestation. */
export interface Refutation {
  /** The fingerprint's digest. */
  readonly fingerprint: string;
  /** Of the published version that it was compared with. */
  readonly contentDigest: string;
  /** What differs, as the build that found it said it; private values in it are beginnings of hashes. */
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: JsonObject;
  readonly actor: string;
  /** ISO 8601 */
  readonly refutedAt: string;
}

/** Notes that a fingerprint gives other content than a published version has, and says so in the audit. */
export async function refuteFingerprint(
  registry: Registry,
  version: VersionName & { readonly name: DatasetName },
  found: {
    readonly fingerprint: string;
    readonly contentDigest: string;
    readonly message: string;
    readonly hint: string | undefined;
    readonly details: unknown;
  },
  actor: string = defaultActor(),
): Promise<void> {
  const { name, config, version: number } = version;
  const subject = { name, ...(config !== undefined && { config }), version: number };
  const path = refutationPath(subject);
  const { fingerprint, contentDigest } = found;
  for (;;) {
    const generation = ((await generationNumbers(registry.storage, path)).at(-1) ?? 0) + 1;
    const record = { ...subject, reference: formatReference(subject), ...found, actor };
    const text = stringifyJson({ ...record, refutedAt: new Date().toISOString(), id: randomUUID() }, 2);
    if (!(await registry.storage.createIfAbsent(generationPath(path, generation), `${text}\n`))) continue;
    await writeAudit(registry, { action: 'refute', subject, actor, fingerprint, contentDigest, generation });
    return;
  }
}

/**
 * What was last said of a fingerprint. Where nobody can read it, nothing wrong is said by leaving it out: the version is built again then, and compared.
 *
 * @param contentDigest of the version as it is: what was compared with other content, which was overwritten, says nothing
 */
export async function readRefutation(
  { storage }: Registry,
  version: VersionName,
  fingerprint: string,
  contentDigest: string,
): Promise<Refutation | undefined> {
  const path = refutationPath(version);
  for (const number of (await generationNumbers(storage, path)).toReversed()) {
    const file = generationPath(path, number);
    const bytes = await storage.read(file);
    const found = bytes && parseRefutation(parseJson(bytes, locationOf(storage, file)));
    if (found?.fingerprint === fingerprint && found.contentDigest === contentDigest) return found;
  }
  return undefined;
}

function parseRefutation(json: Json): Refutation | undefined {
  if (!isObject(json)) return undefined;
  const { fingerprint, contentDigest, message, hint, details, actor, refutedAt } = json;
  if (typeof fingerprint !== 'string' || typeof contentDigest !== 'string' || typeof message !== 'string')
    return undefined;
  return {
    ...{ fingerprint, contentDigest, message },
    hint: typeof hint === 'string' ? hint : undefined,
    details: isObject(details) ? details : {},
    ...{ actor: String(actor), refutedAt: String(refutedAt) },
  };
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

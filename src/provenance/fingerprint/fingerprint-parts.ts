import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type CodeParts, type DatasetInfo, formatEpoch } from '../../builder/index.js';
import { checksumsFileName } from '../../downloads/index.js';
import {
  type AnyFeature,
  type PrivacyPolicy,
  privacyKeyIds,
  schemaToJson,
  secretsOfEnvironment,
} from '../../features/index.js';
import type { BuildFacts } from '../../pipeline/index.js';
import { fingerprintOf } from '../../registry/index.js';
import type { SourceState, UpstreamVersion } from '../../sources/index.js';
import { storageError } from '../../storage/index.js';
import { schemaIdentity } from './schema-identity.js';
import { normalSql } from './sql-text.js';

/** What a version was made with, part by part. */
export interface FingerprintParts {
  /** Over all parts. */
  readonly digest: string;
  /**
   * By name: `module helpers/clean.ts`, `package d3-dsv`, `query impressions.sql`, `source items.csv`, ... The value is a digest, or says it in words; `unknown` where it can't be told.
   */
  readonly parts: Readonly<Record<string, string>>;
  /** Of modules, queries and the schema, by the names of their parts. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The value of a part that nobody can tell: of a table whose description may not be seen, of code that can't be followed. */
export const unknownPart = 'unknown';

/** All that parts are made of. */
export interface FingerprintEvidence {
  readonly config: string | undefined;
  readonly info: DatasetInfo<AnyFeature>;
  /** As it is stored. */
  readonly schema: AnyFeature;
  readonly code: CodeParts | undefined;
  readonly sources: readonly SourceState[];
  readonly facts: BuildFacts;
  readonly lineage: readonly UpstreamVersion[];
  /** Of a sample. */
  readonly maxExamplesPerSplit: number | undefined;
}

/**
 * The fingerprint of a version, part by part: the builder's modules and those that they import, packages, queries and other files that they name, config and parameters, schema, and the state of each source.
 *
 * Release notes, prose, comments, formatting, the snapshot time and the release of this package (`formatEpoch` stands for it) don't count.
 *
 * @throws DatasetsError STORAGE_FAILED for a file that the code names and that can't be read; PRIVACY_POLICY_MISSING for a secret that is missing
 */
export async function partsOf(evidence: FingerprintEvidence): Promise<FingerprintParts> {
  const { info, facts, lineage, sources } = evidence;
  const parts: Record<string, string> = { 'format-epoch': String(formatEpoch) };
  const texts: Record<string, string> = {};
  const addText = (name: string, text: string, counted = text) => {
    texts[name] = text;
    parts[name] = sha256(counted);
  };
  if (evidence.config !== undefined) parts['config'] = evidence.config;
  addText('schema', schemaText(evidence.schema, info.supervisedKeys));
  const privacy = privacyText(info.privacy ?? {}, info.keyPii);
  if (privacy !== undefined) parts['privacy'] = sha256(privacy);
  if (evidence.maxExamplesPerSplit !== undefined) {
    parts['sample'] = `the first ${evidence.maxExamplesPerSplit} examples of each split`;
  }
  for (const [name, encoded] of Object.entries(facts.once)) parts[`fact ${name}`] = sha256(encoded);
  for (const { name, text, parametersDigest } of queriesOf(sources)) {
    addText(`query ${name}`, text, normalSql(text));
    if (parametersDigest !== undefined) parts[`parameters of ${name}`] = parametersDigest;
  }
  Object.assign(parts, upstreamParts(lineage), sourceParts(sources, lineage));
  await addCode(evidence.code, sources, parts, addText);
  const sorted = Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { digest: fingerprintOf(sorted), parts: sorted, texts };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function schemaText(schema: AnyFeature, supervisedKeys: readonly string[] | undefined): string {
  const identity = schemaIdentity(schemaToJson(schema));
  return JSON.stringify({ schema: identity, ...(supervisedKeys !== undefined && { supervisedKeys }) }, undefined, 1);
}

/** The reason for keeping something is prose. */
function privacyText(privacy: Readonly<Record<string, PrivacyPolicy>>, keyPii: string | undefined): string | undefined {
  const policies = Object.entries(privacy).map(([kind, policy]) => {
    const { reason: _, ...rest } = { reason: undefined, ...policy };
    return [kind, rest] as const;
  });
  if (policies.length === 0 && keyPii === undefined) return undefined;
  const keyIds = privacyKeyIds(privacy, secretsOfEnvironment(process.env));
  return JSON.stringify({ policies: policies.sort(([a], [b]) => (a < b ? -1 : 1)), keyIds, keyPii });
}

/** Of one that is asked several times with other parameters, once. */
function queriesOf(sources: readonly SourceState[]) {
  const byName = new Map<string, { readonly text: string; readonly digests: string[] }>();
  for (const { asked } of sources) {
    if (asked === undefined) continue;
    const query = byName.get(asked.name) ?? { text: asked.text, digests: [] };
    if (asked.parametersDigest !== undefined) query.digests.push(asked.parametersDigest);
    byName.set(asked.name, query);
  }
  return [...byName].map(([name, { text, digests }]) => ({
    name,
    text,
    parametersDigest: digests.length === 0 ? undefined : sha256(digests.sort().join(' ')),
  }));
}

/** By what the builder named: another version with the same content changes nothing. */
function upstreamParts(lineage: readonly UpstreamVersion[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lineage.map(({ reference, registry, contentDigest }) => [
      `upstream ${reference}${registry === undefined ? '' : ` of ${registry}`}`,
      contentDigest,
    ]),
  );
}

function sourceParts(
  sources: readonly SourceState[],
  lineage: readonly UpstreamVersion[],
): Readonly<Record<string, string>> {
  const upstream = new Set(lineage.map(({ contentDigest }) => contentDigest));
  const others = sources.filter(
    ({ asked, digest }) => asked === undefined && (digest === undefined || !upstream.has(digest)),
  );
  return Object.fromEntries(
    others.map(({ uri, digest, isPinned }) => [
      `source ${uri}`,
      isPinned === true ? 'as of the snapshot time' : (digest ?? unknownPart),
    ]),
  );
}

async function addCode(
  code: CodeParts | undefined,
  sources: readonly SourceState[],
  parts: Record<string, string>,
  addText: (name: string, text: string) => void,
): Promise<void> {
  if (code === undefined) {
    parts['module'] = unknownPart;
    return;
  }
  for (const [path, { text }] of Object.entries(code.modules)) addText(`module ${path}`, text);
  for (const [name, version] of Object.entries(code.packages)) parts[`package ${name}`] = version;
  const read = new Set(sources.flatMap(({ uri, asked }) => [uri, ...(asked === undefined ? [] : [asked.name])]));
  for (const [path, file] of Object.entries(code.files)) {
    // What is registered of downloads counts where they are read.
    if (!read.has(path) && path !== checksumsFileName) parts[`file ${path}`] = await digestOf(file);
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const block of createReadStream(file)) hash.update(block);
  } catch (cause) {
    throw storageError(cause, 'read', file);
  }
  return hash.digest('hex');
}

import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { DatasetsError } from '../core/errors/index.js';
import { type Json, parseJson } from '../core/json/index.js';
import { formatJson } from './format-json.js';
import { auditDirectory } from './layout.js';
import type { Registry } from './registry.js';

/** Something that was done to a registry. Nothing private stands in it: names, versions and digests only. */
export interface AuditEntry {
  /** ISO 8601 */
  readonly time: string;
  /** `publish`, `move-alias`, `remove-build`, ... */
  readonly action: string;
  /** `user@host`, or what AILAB_DATASETS_ACTOR says. */
  readonly actor: string;
  readonly subject: AuditSubject;
  readonly [detail: string]: Json | AuditSubject | undefined;
}

/** What it was done to. */
export interface AuditSubject {
  readonly name: string;
  readonly config?: string | undefined;
  readonly version?: string | undefined;
  readonly alias?: string | undefined;
  readonly buildId?: string | undefined;
}

/** What is new about an entry; the rest is filled in. */
export interface AuditDraft {
  readonly action: string;
  readonly subject: AuditSubject;
  /** Default: `defaultActor()`. */
  readonly actor?: string | undefined;
  readonly [detail: string]: Json | AuditSubject | undefined;
}

/**
 * Notes what was done, as an object of its own: entries are added, never changed.
 *
 * @param now the entry's time
 */
export async function writeAudit(registry: Registry, draft: AuditDraft, now = new Date()): Promise<AuditEntry> {
  const { action, subject, actor = defaultActor(), ...details } = draft;
  const { name, config, version, alias, buildId } = subject;
  const time = now.toISOString();
  const entry: AuditEntry = { time, action, actor, subject: { name, config, version, alias, buildId }, ...details };
  // Names sort by time; two at one moment differ by the nonce.
  const file = `${time.replace(/[-:.]/g, '')}-${randomUUID().slice(0, 8)}.json`;
  await registry.storage.createIfAbsent(`${auditDirectory}/${file}`, formatJson(entry));
  return entry;
}

/** What was done to a registry, oldest first. Objects that are no entries are left out. */
export async function* readAudit(registry: Registry): AsyncGenerator<AuditEntry> {
  const { storage } = registry;
  for (const { name, kind } of await storage.list(auditDirectory)) {
    if (kind !== 'object' || !name.endsWith('.json')) continue;
    const file = `${auditDirectory}/${name}`;
    const bytes = await storage.read(file);
    const entry = bytes === undefined ? undefined : parseEntry(bytes, file);
    if (entry !== undefined) yield entry;
  }
}

function parseEntry(bytes: Uint8Array, file: string): AuditEntry | undefined {
  try {
    const entry: unknown = parseJson(bytes, file);
    return isEntry(entry) ? entry : undefined;
  } catch (error) {
    if (error instanceof DatasetsError && error.code === 'MANIFEST_INVALID') return undefined;
    throw error;
  }
}

function isEntry(value: unknown): value is AuditEntry {
  if (typeof value !== 'object' || value === null) return false;
  if (!('time' in value && 'action' in value && 'actor' in value && 'subject' in value)) return false;
  return [value.time, value.action, value.actor].every((field) => typeof field === 'string');
}

/** Who acts: AILAB_DATASETS_ACTOR where it is set (a scheduler acts for somebody), else the user and the host. */
export function defaultActor(): string {
  const named = process.env['AILAB_DATASETS_ACTOR']?.trim();
  return named === undefined || named === '' ? `${userName()}@${hostname()}` : named;
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

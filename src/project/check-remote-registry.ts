import { randomUUID } from 'node:crypto';
import { DatasetsError, type ErrorCode } from '../core/errors/index.js';
import { openStorage, type Storage } from '../storage/index.js';
import { type Check, ok, problem, warning } from './check.js';

/** What can't be got round by asking for less: nothing else is worth a try. */
const blocking: ReadonlySet<ErrorCode> = new Set([
  'PEER_MISSING',
  'CREDENTIALS_MISSING',
  'BUCKET_UNKNOWN',
  'STORAGE_UNREACHABLE',
]);

/**
 * Whether a registry in a bucket can be listed, read and published to: client, credentials, bucket, permissions. It creates one object and deletes it.
 *
 * Without the permission to create, versions can be read all the same: that is a warning.
 */
export async function checkRemoteRegistry(registry: string): Promise<readonly Check[]> {
  const storage = openStorage(registry);
  const probe = `.doctor/${randomUUID()}`;
  const listed = await tried(
    'list',
    storage,
    (error) => faultOf('list', error),
    () => storage.list(''),
  );
  if (listed.isBlocked) return [listed.check];
  const read = await tried(
    'read',
    storage,
    (error) => faultOf('read', error),
    () => storage.read(probe),
  );
  const created = await tried('create', storage, unpublishable, () => storage.createIfAbsent(probe, ''));
  if (created.check.status !== 'ok') return [listed.check, read.check, created.check];
  const deleted = await tried(
    'delete',
    storage,
    (error) => leftBehind(error, `${registry}/${probe}`),
    () => storage.delete(probe),
  );
  return [listed.check, read.check, created.check, deleted.check];
}

type Verb = 'list' | 'read' | 'create' | 'delete';

async function tried(
  verb: Verb,
  { location }: Storage,
  fault: (error: DatasetsError) => Check,
  attempt: () => Promise<unknown>,
): Promise<{ readonly check: Check; readonly isBlocked: boolean }> {
  try {
    await attempt();
    return { check: ok(`registry:${verb}`, `you may ${verb} objects of the registry ${location}`), isBlocked: false };
  } catch (error) {
    if (!(error instanceof DatasetsError)) throw error;
    return { check: fault(error), isBlocked: blocking.has(error.code) };
  }
}

function faultOf(verb: Verb, { message, hint }: DatasetsError): Check {
  return problem(`registry:${verb}`, message, hint ?? 'Ask for access, or name another one with --registry.');
}

function unpublishable({ message, hint }: DatasetsError): Check {
  return warning(
    'registry:create',
    `nothing can be published, versions can only be read: ${message}`,
    hint ?? 'Ask for access where you mean to publish.',
  );
}

/** Builds delete what they staged. */
function leftBehind({ message, hint }: DatasetsError, url: string): Check {
  return problem('registry:delete', `${message}; ${url} stays behind`, hint ?? 'Ask for roles/storage.objectAdmin.');
}

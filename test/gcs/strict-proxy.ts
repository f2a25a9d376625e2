import type { ServerResponse } from 'node:http';
import { type ApiCall, parseCall } from './api-call.js';
import { forward, type HeldRequest, type ListeningServer, listen, readAll, relay, replyError } from './http-message.js';
import { KeyLocks } from './key-locks.js';
import { UploadSessions } from './upload-sessions.js';

/** Kinds that change an object: one at a time for each, so that what a precondition saw still holds when it counts. */
const writing: ReadonlySet<string> = new Set(['insert', 'upload part', 'rewrite', 'compose', 'delete']);
/** Preconditions of these are the emulator's own. */
const checkedByEmulator: ReadonlySet<string> = new Set(['insert', 'start upload', 'upload part']);

/**
 * In front of fake-gcs-server: does what Google does and the emulator does not. Preconditions on generations are kept for reading, deleting,
 * copying and composing too; a resumable upload can be asked how far it is, and one whose content has another checksum than was announced is refused.
 */
export function startStrictProxy(upstreamPort: () => number): Promise<ListeningServer> {
  const locks = new KeyLocks();
  const sessions = new UploadSessions();
  const to = (): string => `http://127.0.0.1:${upstreamPort()}`;
  return listen(async (request, response) => {
    const call = parseCall(request);
    const answer = async (): Promise<void> => {
      if (!checkedByEmulator.has(call.kind) && (await refused(to(), call, request, response))) return;
      if (call.kind === 'upload part') return sessions.part(to(), request, response);
      if (call.kind === 'start upload') return sessions.start(to(), request, response);
      await relay(await forward(to(), request), response);
    };
    if (writing.has(call.kind)) await locks.run(`${call.bucket}/${call.name}`, answer);
    else await answer();
  });
}

/** Whether a precondition failed, and the reply says so. */
async function refused(to: string, call: ApiCall, request: HeldRequest, response: ServerResponse): Promise<boolean> {
  const match = request.url.searchParams.get('ifGenerationMatch');
  const notMatch = request.url.searchParams.get('ifGenerationNotMatch');
  if (match === null && notMatch === null) return false;
  const current = await currentGeneration(to, call);
  if (match !== null && match !== current) {
    replyError(response, 412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
    return true;
  }
  if (notMatch === null || notMatch !== current) return false;
  response.writeHead(304).end();
  return true;
}

/** `0` where there is no such object, as in preconditions. */
async function currentGeneration(to: string, { bucket, name }: ApiCall): Promise<string> {
  const url = new URL(`/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`, to);
  const { status, body } = await forward(to, { method: 'GET', url, headers: {}, body: Buffer.alloc(0) });
  const reply = JSON.parse((await readAll(body)).toString() || '{}') as { readonly generation?: string };
  return status === 200 ? String(reply.generation) : '0';
}

import type { ServerResponse } from 'node:http';
import { Crc32c } from '../../src/core/checksum/index.js';
import { forward, type HeldRequest, readAll, replyError, replyHeaders } from './http-message.js';

interface Session {
  readonly crc32c: string | undefined;
  readonly crc: Crc32c;
  received: number;
  finished: { readonly status: number; readonly headers: object; readonly body: Buffer } | undefined;
}

/** Resumable uploads: the emulator says of every one that is asked about that it is finished. */
export class UploadSessions {
  readonly #sessions = new Map<string, Session>();

  async start(to: string, request: HeldRequest, response: ServerResponse): Promise<void> {
    const reply = await forward(to, request);
    const body = await readAll(reply.body);
    const location = reply.headers.location;
    if (location !== undefined) {
      const { crc32c } = JSON.parse(request.body.toString() || '{}') as { readonly crc32c?: string };
      const id = new URL(location).searchParams.get('upload_id') ?? '';
      this.#sessions.set(id, { crc32c, crc: new Crc32c(), received: 0, finished: undefined });
    }
    response.writeHead(reply.status, replyHeaders(reply.headers)).end(body);
  }

  async part(to: string, request: HeldRequest, response: ServerResponse): Promise<void> {
    const session = this.#sessions.get(request.url.searchParams.get('upload_id') ?? '');
    if (session === undefined) return replyError(response, 404, 'notFound', 'there is no such upload');
    if (session.finished === undefined) await this.#take(to, request, response, session);
    const { finished } = session;
    if (finished !== undefined && !response.headersSent) {
      response.writeHead(finished.status, { ...finished.headers }).end(finished.body);
    }
  }

  async #take(to: string, request: HeldRequest, response: ServerResponse, session: Session): Promise<void> {
    const [, first, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(request.headers['content-range'] ?? '') ?? [];
    const ends = total !== '*' && (first !== undefined || Number(total) === session.received);
    if (first === undefined && !ends) return incomplete(response, session);
    if (first !== undefined && Number(first) !== session.received) {
      return replyError(response, 503, 'backendError', `the upload is at byte ${session.received}`);
    }
    const crc = session.crc.update(request.body);
    if (ends && session.crc32c !== undefined && crc.digestBase64() !== session.crc32c) {
      const message = `Provided CRC32C "${session.crc32c}" doesn't match calculated CRC32C "${crc.digestBase64()}".`;
      const body = Buffer.from(
        JSON.stringify({ error: { code: 400, message, errors: [{ reason: 'invalid', message }] } }),
      );
      session.finished = { status: 400, headers: { 'content-type': 'application/json; charset=UTF-8' }, body };
      return;
    }
    const reply = await forward(to, request);
    const body = await readAll(reply.body);
    session.received += request.body.length;
    if (reply.status === 308) return incomplete(response, session);
    session.finished = { status: reply.status, headers: replyHeaders(reply.headers), body };
  }
}

function incomplete(response: ServerResponse, { received }: Session): void {
  response.writeHead(308, received === 0 ? {} : { range: `bytes=0-${received - 1}` }).end();
}

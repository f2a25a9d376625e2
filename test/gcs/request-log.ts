import { type ApiCall, parseCall } from './api-call.js';
import { forward, listen, relay } from './http-message.js';

/** A proxy that notes every request. */
export interface RequestLog {
  readonly url: string;
  /** Those so far, oldest first; may be emptied. */
  readonly calls: ApiCall[];
  /** Called before a request is sent on; what it waits for, the request waits for. */
  before: (call: ApiCall) => Promise<void>;
  close(): Promise<void>;
}

export async function startRequestLog(to: string): Promise<RequestLog> {
  const calls: ApiCall[] = [];
  const server = await listen(async (request, response) => {
    const call = parseCall(request);
    calls.push(call);
    await log.before(call);
    await relay(await forward(to, request), response);
  });
  const log: RequestLog = { url: server.url, calls, before: async () => undefined, close: server.close };
  return log;
}

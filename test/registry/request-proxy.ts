import { type CallKind, parseCall } from '../gcs/api-call.js';
import { forward, type HeldRequest, listen, relay } from '../gcs/http-message.js';

export interface RequestProxy {
  readonly url: string;
  /** How many requests of each kind came. */
  readonly counts: ReadonlyMap<CallKind, number>;
  readonly total: number;
  close(): Promise<void>;
}

/**
 * A way to the bucket that counts requests.
 *
 * @param onRequest called before each is sent on, which waits for it.
 */
export async function startRequestProxy(
  to: string,
  onRequest: (kind: CallKind, request: HeldRequest) => unknown = () => undefined,
): Promise<RequestProxy> {
  const counts = new Map<CallKind, number>();
  const server = await listen(async (request, response) => {
    const { kind } = parseCall(request);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    await onRequest(kind, request);
    await relay(await forward(to, request), response);
  });
  return {
    url: server.url,
    counts,
    get total() {
      return [...counts.values()].reduce((sum, count) => sum + count, 0);
    },
    close: server.close,
  };
}

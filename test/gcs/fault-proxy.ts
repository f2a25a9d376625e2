import type { ServerResponse } from 'node:http';
import { type CallKind, parseCall } from './api-call.js';
import {
  forward,
  type HeldRequest,
  listen,
  readAll,
  relay,
  replyError,
  replyHeaders,
  type Upstream,
} from './http-message.js';
import { seededRandom } from './seeded-random.js';

/**
 * What can go wrong with a request. `flipped bit` changes content, up or down; TLS keeps it from everything else. `lost reply` does what is asked
 * and says nothing; `stall` takes the request and never answers, or stops in the middle of a body.
 */
export const faultKinds = ['503', '429', 'reset', 'stall', 'truncated body', 'flipped bit', 'lost reply'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultPlan {
  readonly seed: number;
  /** Share of the requests that something happens to. */
  readonly rate: number;
  /** All of them by default. */
  readonly kinds?: readonly FaultKind[];
  /** No more faults than these. */
  readonly limit?: number;
  /** Only such requests; all by default. */
  readonly calls?: readonly CallKind[];
}

export interface FaultProxy {
  readonly url: string;
  /** Requests that came, faults included. */
  readonly requests: number;
  /** `download, reset` → how often. */
  readonly faults: ReadonlyMap<string, number>;
  /** Faults of all kinds. */
  readonly total: number;
  close(): Promise<void>;
}

/** A proxy that makes faults by chance; the same seed and the same order of requests give the same faults. */
export async function startFaultProxy(to: string, plan: FaultPlan): Promise<FaultProxy> {
  const random = seededRandom(plan.seed);
  const faults = new Map<string, number>();
  let total = 0;
  let requests = 0;
  const next = (kind: CallKind, { body }: HeldRequest): FaultKind | undefined => {
    requests++;
    const hit = random() < plan.rate;
    const possible = (plan.kinds ?? faultKinds).filter((fault) => fault !== 'flipped bit' || hasContent(kind, body));
    const fault = possible[Math.floor(random() * possible.length)];
    const allowed = plan.calls === undefined || plan.calls.includes(kind);
    if (!hit || !allowed || fault === undefined || total >= (plan.limit ?? Number.POSITIVE_INFINITY)) return undefined;
    total++;
    faults.set(`${kind}, ${fault}`, (faults.get(`${kind}, ${fault}`) ?? 0) + 1);
    return fault;
  };
  const server = await listen(async (request, response) => {
    const { kind } = parseCall(request);
    await answer(request, response, next(kind, request), kind);
  });
  return {
    url: server.url,
    faults,
    get total() {
      return total;
    },
    get requests() {
      return requests;
    },
    close: server.close,
  };

  async function answer(
    request: HeldRequest,
    response: ServerResponse,
    fault: FaultKind | undefined,
    kind: CallKind,
  ): Promise<void> {
    switch (fault) {
      case '503':
        return replyError(response, 503, 'backendError', 'We encountered an internal error. Please try again.');
      case '429':
        return replyError(
          response,
          429,
          'rateLimitExceeded',
          'The object exceeded the rate limit for object mutation.',
        );
      case 'reset':
        return void response.socket?.resetAndDestroy();
      case 'lost reply':
        await readAll((await forward(to, request)).body);
        return void response.socket?.resetAndDestroy();
      case 'stall':
        return stall(kind === 'download' ? await forward(to, request) : undefined, response, false);
      case 'truncated body':
        return stall(await forward(to, request), response, true);
      case 'flipped bit':
        if (kind !== 'download')
          return relay(
            await forward(to, { ...request, body: flipped(request.body, random, ...contentPlace(kind, request.body)) }),
            response,
          );
        return replyFlipped(await forward(to, request), response, random);
      case undefined:
        return relay(await forward(to, request), response);
    }
  }
}

/** Gives half of a body, or nothing; then closes the connection, or keeps silent until the other side closes it. */
async function stall(upstream: Upstream | undefined, response: ServerResponse, closes: boolean): Promise<void> {
  if (upstream === undefined) return;
  const body = await readAll(upstream.body);
  response.writeHead(upstream.status, { ...replyHeaders(upstream.headers), 'content-length': body.length });
  response.flushHeaders();
  response.write(body.subarray(0, body.length >> 1), () => {
    if (closes) response.socket?.destroy();
  });
}

async function replyFlipped(upstream: Upstream, response: ServerResponse, random: () => number): Promise<void> {
  const body = flipped(await readAll(upstream.body), random);
  response.writeHead(upstream.status, replyHeaders(upstream.headers)).end(body);
}

/** One bit of the content between two places. */
function flipped(body: Buffer, random: () => number, from = 0, to = body.length): Buffer {
  const changed = Buffer.from(body);
  const at = from + Math.floor(random() * (to - from));
  if (at < to) changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return changed;
}

/** Where the object's content lies in the body of an upload. */
function contentPlace(kind: CallKind, body: Buffer): readonly [from: number, to: number] {
  if (kind !== 'insert') return [0, body.length];
  const emptyLine = '\r\n\r\n';
  const metadata = body.indexOf(emptyLine) + emptyLine.length;
  return [body.indexOf(emptyLine, metadata) + emptyLine.length, body.lastIndexOf('\r\n--')];
}

/** Whether a bit of content can change on its way: of a download it is known only later. */
function hasContent(kind: CallKind, body: Buffer): boolean {
  if (kind === 'download') return true;
  if (kind !== 'insert' && kind !== 'upload part') return false;
  const [from, to] = contentPlace(kind, body);
  return to > from;
}

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

const withContent: ReadonlySet<CallKind> = new Set(['download', 'insert', 'upload part']);

/** A proxy that makes faults by chance; the same seed and the same order of requests give the same faults. */
export async function startFaultProxy(to: string, plan: FaultPlan): Promise<FaultProxy> {
  const random = seededRandom(plan.seed);
  const faults = new Map<string, number>();
  let total = 0;
  let requests = 0;
  const next = (kind: CallKind): FaultKind | undefined => {
    requests++;
    const hit = random() < plan.rate;
    const possible = (plan.kinds ?? faultKinds).filter((fault) => fault !== 'flipped bit' || withContent.has(kind));
    const fault = possible[Math.floor(random() * possible.length)];
    const allowed = plan.calls === undefined || plan.calls.includes(kind);
    if (!hit || !allowed || fault === undefined || total >= (plan.limit ?? Number.POSITIVE_INFINITY)) return undefined;
    total++;
    faults.set(`${kind}, ${fault}`, (faults.get(`${kind}, ${fault}`) ?? 0) + 1);
    return fault;
  };
  const server = await listen(async (request, response) => {
    const { kind } = parseCall(request);
    await answer(request, response, next(kind), kind);
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
        await readAll((await send(request)).body);
        return void response.socket?.resetAndDestroy();
      case 'stall':
        return stall(kind === 'download' ? await send(request) : undefined, response, false);
      case 'truncated body':
        return stall(await send(request), response, true);
      case 'flipped bit':
        if (kind !== 'download')
          return relay(await send({ ...request, body: flipped(request.body, random) }), response);
        return replyFlipped(await send(request), response, random);
      case undefined:
        return relay(await send(request), response);
    }
  }

  /** The place of a resumable upload is behind this proxy too. */
  async function send(request: HeldRequest): Promise<Upstream> {
    const reply = await forward(to, request);
    const { location } = reply.headers;
    if (location === undefined) return reply;
    return { ...reply, headers: { ...reply.headers, location: location.replace(to, server.url) } };
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

/** One bit, somewhere in the second half: in an upload's body the object's content, if there is much of it. */
function flipped(body: Buffer, random: () => number): Buffer {
  const changed = Buffer.from(body);
  const half = changed.length >> 1;
  const at = half + Math.floor(random() * (changed.length - half));
  if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return changed;
}

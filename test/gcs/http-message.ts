import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';

/** A request as a proxy holds it: with all of its body. */
export interface HeldRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A reply whose body is yet to come. */
export interface Upstream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

export interface ListeningServer {
  readonly url: string;
  close(): Promise<void>;
}

const agent = new Agent({ keepAlive: true });
/**
 * Belong to one connection, not to the message (RFC 9110, section 7.6.1). Host is kept: the server names the place of a resumable upload by it, which so
 * lies behind the same proxies.
 */
const ofConnection: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** Serves on a free port of this machine; does not keep the process alive. */
export async function listen(
  handle: (request: HeldRequest, response: ServerResponse) => Promise<void>,
): Promise<ListeningServer> {
  const server = createServer((incoming, response) => {
    hold(incoming)
      .then((held) => handle(held, response))
      // Whoever asked went away, or the server behind did: so does the connection.
      .catch(() => response.destroy());
  });
  server.unref();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => close(server) };
}

/** Sends a request on. */
export async function forward(to: string, { method, url, headers, body }: HeldRequest): Promise<Upstream> {
  const kept = Object.entries(headers).filter(([name]) => !ofConnection.has(name));
  const { hostname, port } = new URL(to);
  const sent = request({
    ...{ hostname, port, method, agent, path: `${url.pathname}${url.search}` },
    headers: {
      ...Object.fromEntries(kept),
      ...(body.length > 0 || method !== 'GET' ? { 'content-length': body.length } : {}),
    },
  });
  sent.end(body);
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: reply.statusCode ?? 502, headers: reply.headers, body: reply };
}

export async function readAll(body: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function replyHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)));
}

export async function relay({ status, headers, body }: Upstream, response: ServerResponse): Promise<void> {
  response.writeHead(status, replyHeaders(headers));
  await pipeline(body, response);
}

/** An error as Google writes one. */
export function replyError(response: ServerResponse, status: number, reason: string, message: string): void {
  const error = { code: status, message, errors: [{ domain: 'global', reason, message }] };
  const body = JSON.stringify({ error });
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

async function hold(incoming: IncomingMessage): Promise<HeldRequest> {
  const { method = 'GET', url = '/', headers } = incoming;
  return { method, url: new URL(url, 'http://proxy'), headers, body: await readAll(incoming) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** Answers one request; the number counts from 1 for each path. */
export type Answer = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

/** A server of this machine that does what a test says, path by path. */
export class FileServer {
  readonly seen: SeenRequest[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server: Server;

  /** @param create another kind of server, for instance of https. */
  constructor(create: (listener: RequestListener) => Server = createServer) {
    this.#server = create((request, response) => {
      const { url = '', headers } = request;
      this.seen.push({ url, headers });
      const path = url.split('?', 1)[0] ?? '';
      const answer = this.#answers.get(path);
      if (answer === undefined) response.writeHead(404).end();
      else answer(request, response, this.requests(path));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** How many requests there were for a path. */
  requests(path: string): number {
    return this.seen.filter(({ url }) => url.split('?', 1)[0] === path).length;
  }

  on(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  /** Serves content as good servers do: with an ETag, and by ranges. */
  serve(path: string, content: Uint8Array | string, etag = '"one"'): void {
    const bytes = Buffer.from(content);
    this.on(path, (request, response) => serveBytes(request, response, bytes, etag));
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** @param cutAfter closes the connection after so many bytes of the body. */
export function serveBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  etag: string,
  cutAfter = Number.POSITIVE_INFINITY,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
  const isPart = from >= 0 && request.headers['if-range'] === etag;
  const body = isPart ? bytes.subarray(from) : bytes;
  response.writeHead(isPart ? 206 : 200, {
    etag,
    'content-length': body.length,
    ...(isPart ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  if (body.length <= cutAfter) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
}

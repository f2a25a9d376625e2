import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the n-th request is answered, from 0. Not to answer is to stall. */
export type Answer = (index: number, response: ServerResponse) => void;

export interface WebhookServer {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  stop(): Promise<void>;
}

export const ok: Answer = (_, response) => void response.writeHead(200).end('ok');

/** Answers each request with the status at its place, and those after the last with the last one. */
export function statuses(...codes: readonly number[]): Answer {
  return (index, response) => void response.writeHead(codes[Math.min(index, codes.length - 1)] ?? 500).end();
}

/** A receiver of webhooks on this machine. */
export async function startWebhooks(answer: Answer = ok): Promise<WebhookServer> {
  const received: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const index = received.push({ path: request.url ?? '', headers: plain(request.headers), body }) - 1;
    answer(index, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function plain(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

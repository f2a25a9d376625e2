import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RefusingProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Another way to a server, on which requests for some URLs are refused, as by a role that is missing. */
export async function startRefusing(endpoint: string, refused: RegExp): Promise<RefusingProxy> {
  const server = createServer((incoming, response) => {
    const { method, headers, url = '/' } = incoming;
    if (refused.test(url)) {
      const body = {
        error: { code: 403, message: 'storage.objects.create is missing', errors: [{ reason: 'forbidden' }] },
      };
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    const onward = request(new URL(url, endpoint), { method, headers: { ...headers, host: new URL(endpoint).host } });
    onward.on('response', (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

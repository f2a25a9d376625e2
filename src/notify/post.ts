import type { IncomingMessage } from 'node:http';
import { DatasetsError } from '../core/errors/index.js';
import {
  connectionFailure,
  type Environment,
  FetchFailure,
  isPassingStatus,
  openRequest,
  proxyFor,
  retryAfterMilliseconds,
} from '../core/http/index.js';

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/**
 * Posts a text. A redirect is not followed: neither the event nor its signature goes to an address that nobody has configured. What the server says is not read, since it may repeat the address.
 *
 * @throws FetchFailure without the address, which may be a secret
 */
export async function post(address: URL, body: string, { headers, env, signal }: PostOptions): Promise<void> {
  const bytes = Buffer.from(body);
  const response = await send(address, bytes, { headers, env, signal });
  const { statusCode = 0 } = response;
  response.destroy();
  if (statusCode >= 200 && statusCode < 300) return;
  if (statusCode >= 300 && statusCode < 400) {
    throw new FetchFailure(
      `it redirects (status ${statusCode}), which is not followed: configure the new address`,
      false,
    );
  }
  const wait = retryAfterMilliseconds(response.headers['retry-after'], Date.now());
  throw new FetchFailure(`the server answers ${statusCode}`, isPassingStatus(statusCode), wait);
}

async function send(address: URL, bytes: Buffer, { headers, env, signal }: PostOptions): Promise<IncomingMessage> {
  try {
    const request = await openRequest(address, proxyFor(address, env), {
      method: 'POST',
      headers: { 'user-agent': 'ailab-datasets', ...headers, 'content-length': String(bytes.length) },
      agent: false,
      signal,
    });
    return await new Promise((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
      request.end(bytes);
    });
  } catch (cause) {
    if (signal.aborted) throw new FetchFailure('no answer came in time', true);
    // A proxy that can't be used: the message names its variable alone.
    throw cause instanceof DatasetsError ? new FetchFailure(cause.message, false) : connectionFailure(cause);
  }
}

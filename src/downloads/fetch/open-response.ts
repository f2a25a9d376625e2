import type { IncomingMessage } from 'node:http';
import {
  basicCredentials,
  connectionFailure,
  type Environment,
  FetchFailure,
  openRequest,
  proxyFor,
} from '../../core/http/index.js';
import { cleanUrl } from '../../core/location/index.js';

/** As browsers have it; curl follows 50. */
const maxRedirects = 10;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface ResponseOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/**
 * Sends a GET and follows redirects; the response has any other status, and its body is not read yet. User and password of the address go to its own host
 * alone.
 *
 * @throws FetchFailure
 */
export async function openResponse(address: URL, options: ResponseOptions): Promise<IncomingMessage> {
  const authorization = basicCredentials(address);
  let place = address;
  for (let followed = 0; followed <= maxRedirects; followed++) {
    // As fetch() and curl have it: what was sent to another host once is not sent to the first one again either.
    const isOwnHost = place.origin === address.origin;
    const headers = { ...options.headers, ...(authorization !== undefined && isOwnHost ? { authorization } : {}) };
    const response = await send(place, { ...options, headers });
    const { location } = response.headers;
    if (!redirects.has(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    place = redirectedTo(location, place);
  }
  throw new FetchFailure(`it redirects more than ${maxRedirects} times`, false);
}

function redirectedTo(location: string, from: URL): URL {
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw new FetchFailure('it redirects to something that is no URL', false);
  }
  if (to.protocol !== 'https:' && to.protocol !== 'http:') {
    throw new FetchFailure(`it redirects to a ${to.protocol}// address`, false);
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new FetchFailure(`it redirects from https to http: ${cleanUrl(to)}`, false);
  }
  return to;
}

async function send(address: URL, { headers, env, signal }: ResponseOptions): Promise<IncomingMessage> {
  const request = await openRequest(address, proxyFor(address, env), { method: 'GET', headers, signal });
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (cause) => reject(connectionFailure(cause)));
    request.end();
  });
}

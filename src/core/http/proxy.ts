import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { DatasetsError } from '../errors/index.js';
import { FetchFailure } from './fetch-failure.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an address by the variables that curl and Python's requests read: `https_proxy`, `http_proxy`, `all_proxy`, except for hosts in `no_proxy`; lower
 * case wins over upper case.
 *
 * @throws DatasetsError CONFIG_INVALID for a proxy that is no http:// or https:// URL
 */
export function proxyFor(address: URL, env: Environment): URL | undefined {
  const scheme = address.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const [name, text] = variable(env, scheme) ?? variable(env, 'all_proxy') ?? [];
  if (name === undefined || text === undefined || isExcepted(address, variable(env, 'no_proxy')?.[1] ?? ''))
    return undefined;
  try {
    const proxy = new URL(text.includes('://') ? text : `http://${text}`);
    if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return proxy;
  } catch {
    // Said below, without the text, which may hold a password.
  }
  throw new DatasetsError('CONFIG_INVALID', `the variable ${name} names no proxy that can be used`, {
    hint: `Write ${name}=http://host:port.`,
  });
}

function variable(env: Environment, name: string): readonly [name: string, text: string] | undefined {
  for (const spelling of [name, name.toUpperCase()]) {
    const text = env[spelling];
    if (text !== undefined && text !== '') return [spelling, text];
  }
  return undefined;
}

/** Entries are hosts (with all hosts below), `.suffix`, `host:port`, or `*`. */
function isExcepted(address: URL, list: string): boolean {
  const host = address.hostname.toLowerCase();
  const port = portOf(address);
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '') return false;
    if (entry === '*') return true;
    const [, name = '', itsPort] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (itsPort !== undefined && Number(itsPort) !== port) return false;
    const suffix = name.replace(/^\*?\./, '');
    const bare = host.replace(/^\[|\]$/g, '');
    return suffix !== '' && (bare === suffix || bare.endsWith(`.${suffix}`));
  });
}

export function portOf(address: URL): number {
  return address.port === '' ? (address.protocol === 'https:' ? 443 : 80) : Number(address.port);
}

/** `Basic …` of the user and password in a URL. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/**
 * Opens a request to an address, through a proxy where there is one: `http://` addresses are asked of the proxy, for `https://` it makes a tunnel (CONNECT,
 * https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6), so that it sees neither what is asked nor what comes.
 */
export async function openRequest(
  address: URL,
  proxy: URL | undefined,
  options: RequestOptions & { readonly signal: AbortSignal },
): Promise<ClientRequest> {
  const isTls = address.protocol === 'https:';
  if (proxy === undefined) {
    const own = { ...options, ...target(address) };
    return isTls ? httpsRequest(own) : httpRequest(own);
  }
  if (isTls) {
    const socket = await openTunnel(address, proxy, options.signal);
    const servername = address.hostname.replace(/^\[|\]$/g, '');
    const createConnection = (): Socket => tlsConnect({ socket, servername });
    return httpsRequest({ ...options, ...target(address), createConnection });
  }
  const authorization = basicCredentials(proxy);
  const headers = {
    ...options.headers,
    ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
  };
  const whole = new URL(address);
  whole.username = '';
  whole.password = '';
  whole.hash = '';
  return request(proxy, { ...options, headers: { ...headers, host: address.host }, path: whole.href });
}

function target(address: URL): RequestOptions {
  // A certificate is checked against the host; an address in brackets is one of IPv6.
  return {
    host: address.hostname.replace(/^\[|\]$/g, ''),
    port: portOf(address),
    path: `${address.pathname}${address.search}`,
  };
}

function request(proxy: URL, options: RequestOptions): ClientRequest {
  const { path, ...rest } = options;
  const place = { ...target(proxy), ...(path === undefined || path === null ? {} : { path }) };
  return proxy.protocol === 'https:' ? httpsRequest({ ...rest, ...place }) : httpRequest({ ...rest, ...place });
}

function openTunnel(address: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const place = `${address.hostname}:${portOf(address)}`;
  const authorization = basicCredentials(proxy);
  const headers = { host: place, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) };
  const connecting = request(proxy, { method: 'CONNECT', path: place, headers, signal, agent: false });
  return new Promise((resolve, reject) => {
    connecting.once('connect', (response: IncomingMessage, socket: Socket) => {
      if (response.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refusedByProxy(response.statusCode));
    });
    connecting.once('response', (response) => {
      response.destroy();
      reject(refusedByProxy(response.statusCode));
    });
    connecting.once('error', reject);
    connecting.end();
  });
}

function refusedByProxy(status: number | undefined): FetchFailure {
  return new FetchFailure(`the proxy refuses a tunnel (status ${status})`, status === undefined || status >= 500);
}

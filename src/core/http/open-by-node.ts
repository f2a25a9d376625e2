import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { FetchFailure } from './fetch-failure.js';
import { basicCredentials, portOf } from './proxy.js';

/** What `openRequest` does, with Node's clients. */
export async function openByNode(
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

import type { ClientRequest, RequestOptions } from 'node:http';

/**
 * Opens a request to an address, through a proxy where there is one: `http://` addresses are asked of the proxy, for `https://` it makes a tunnel (CONNECT,
 * https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6), so that it sees neither what is asked nor what comes.
 */
export async function openRequest(
  address: URL,
  proxy: URL | undefined,
  options: RequestOptions & { readonly signal: AbortSignal },
): Promise<ClientRequest> {
  // Node's clients take each thread 8 ms to load, and few builds ask anybody.
  const { openByNode } = await import('./open-by-node.js');
  return openByNode(address, proxy, options);
}

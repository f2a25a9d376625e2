import { DatasetsError } from '../errors/index.js';

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

/** Where the workers of a Beam job run: processes that the submitter starts, a pool that somebody else runs, or a command or an image that the runner starts. */
export type WorkerEnvironmentChoice =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'external'; readonly endpoint: string }
  | { readonly kind: 'process'; readonly command: string }
  | { readonly kind: 'docker'; readonly image: string };

/** What `parseWorkerEnvironment` reads, for messages. */
export const workerEnvironmentForms = 'loopback, external:HOST:PORT, process:COMMAND or docker:IMAGE';

/**
 * Reads where workers run, as people write it.
 *
 * @returns undefined when the text says none of it.
 * @example
 * ```ts
 * parseWorkerEnvironment('docker:europe-docker.pkg.dev/lab/workers:7'); // { kind: 'docker', image: 'europe-docker.pkg.dev/lab/workers:7' }
 * ```
 */
export function parseWorkerEnvironment(text: string): WorkerEnvironmentChoice | undefined {
  const [, kind = '', value = ''] = /^([a-z]+)(?::(\S.*))?$/i.exec(text.trim()) ?? [];
  switch (kind.toLowerCase()) {
    case 'loopback':
      return value === '' ? { kind: 'loopback' } : undefined;
    case 'external':
      return isEndpoint(value) ? { kind: 'external', endpoint: value } : undefined;
    case 'process':
      return value === '' ? undefined : { kind: 'process', command: value };
    case 'docker':
      return value === '' || /\s/.test(value) ? undefined : { kind: 'docker', image: value };
    default:
      return undefined;
  }
}

/** Whether a text is `host:port`; the host may be `[::1]`. */
export function isEndpoint(text: string): boolean {
  const port = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})$/i.exec(text)?.[1];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

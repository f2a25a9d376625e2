import { createRequire } from 'node:module';
import type { BigQuery, BigQueryOptions } from '@google-cloud/bigquery';
import type { v1 } from '@google-cloud/bigquery-storage';
import { DatasetsError } from '../../../core/errors/index.js';
import { systemErrorCode } from '../../../storage/index.js';

export type ReadClient = InstanceType<typeof v1.BigQueryReadClient>;
type ReadClientOptions = NonNullable<ConstructorParameters<typeof v1.BigQueryReadClient>[0]>;

/** Milliseconds without an answer after which a request counts as failed. */
const stallMilliseconds = 60_000;

/**
 * Loads Google's client of BigQuery and makes one. Credentials are found as Google's libraries find them; an emulator (BIGQUERY_EMULATOR_HOST) is asked without any.
 *
 * @throws DatasetsError PEER_MISSING
 */
export async function loadClient(project: string | undefined): Promise<BigQuery> {
  const { BigQuery } = await import('@google-cloud/bigquery').catch(missing);
  const emulator = emulatorOf('BIGQUERY_EMULATOR_HOST')?.replace(/\/bigquery\/v2$/, '');
  const client = new BigQuery({
    ...(project !== undefined && { projectId: project }),
    ...(emulator !== undefined && { apiEndpoint: emulator, authClient: nobody() }),
    timeout: stallMilliseconds,
    // One loop repeats, ours.
    autoRetry: false,
  } as BigQueryOptions);
  // The client takes the variable itself, without the path that it appends to apiEndpoint.
  if (emulator !== undefined) client.baseUrl = `${emulator}/bigquery/v2`;
  return client;
}

/**
 * The same for the Storage Read API; its emulator is BIGQUERY_READ_EMULATOR_HOST, `host:port`, in plain text. Close it.
 *
 * @throws DatasetsError PEER_MISSING
 */
export async function loadReadClient(): Promise<ReadClient> {
  const { v1 } = await import('@google-cloud/bigquery-storage').catch(missing);
  const emulator = emulatorOf('BIGQUERY_READ_EMULATOR_HOST');
  return new v1.BigQueryReadClient(emulator === undefined ? {} : emulatorOptions(new URL(emulator)));
}

function emulatorOptions({ hostname, port }: URL): ReadClientOptions {
  const { grpc, googleAuthLibrary } = requireFrom('@google-cloud/bigquery-storage', 'google-gax') as {
    readonly grpc: { readonly credentials: { createInsecure(): unknown } };
    readonly googleAuthLibrary: AuthLibrary<NonNullable<ReadClientOptions['authClient']>>;
  };
  return {
    apiEndpoint: hostname,
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new googleAuthLibrary.PassThroughClient(),
    projectId: 'emulator',
  } as ReadClientOptions;
}

function emulatorOf(variable: string): string | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  return (/^https?:\/\//.test(text) ? text : `http://${text}`).replace(/\/+$/, '');
}

/** Credentials that add nothing to a request, and are looked for nowhere: not finding any takes Google's library seconds. */
interface AuthLibrary<Client> {
  readonly PassThroughClient: new () => Client;
}

function nobody(): NonNullable<BigQueryOptions['authClient']> {
  const { PassThroughClient } = requireFrom('@google-cloud/bigquery', 'google-auth-library') as AuthLibrary<
    NonNullable<BigQueryOptions['authClient']>
  >;
  return new PassThroughClient();
}

/** A package that a client itself depends on, in the client's own version. */
function requireFrom(client: string, name: string): unknown {
  return createRequire(import.meta.resolve(client))(name);
}

function missing(cause: unknown): never {
  if (systemErrorCode(cause) !== 'ERR_MODULE_NOT_FOUND') throw cause;
  throw new DatasetsError(
    'PEER_MISSING',
    'SQL runs on BigQuery here, which needs @google-cloud/bigquery and @google-cloud/bigquery-storage',
    { hint: 'Run: npm install @google-cloud/bigquery@8 @google-cloud/bigquery-storage@5', cause },
  );
}

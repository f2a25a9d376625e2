import { createRequire } from 'node:module';
import type { JobsV1Beta3Client, MessagesV1Beta3Client, MetricsV1Beta3Client } from '@google-cloud/dataflow';
import type { DataflowConfig } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { systemErrorCode } from '../../storage/index.js';

type ClientOptions = NonNullable<ConstructorParameters<typeof JobsV1Beta3Client>[0]>;

/** Google's clients of the services that the API is cut into. */
export interface DataflowClients {
  readonly jobs: JobsV1Beta3Client;
  readonly messages: MessagesV1Beta3Client;
  readonly metrics: MetricsV1Beta3Client;
}

const scope = 'https://www.googleapis.com/auth/cloud-platform';
/** Google's default for tokens of an impersonated account; the library renews them. */
const tokenSeconds = 3600;

/**
 * Loads Google's clients of Dataflow, 400 ms, and makes them. They speak REST, which passes every proxy; credentials are found as Google's libraries find them. DATAFLOW_EMULATOR_HOST
 * (`127.0.0.1:8080`) names a server to ask without any.
 *
 * @throws DatasetsError PEER_MISSING
 */
export async function loadClients({ project, impersonate }: DataflowConfig): Promise<DataflowClients> {
  const dataflow = await import('@google-cloud/dataflow').catch((cause: unknown) => {
    if (systemErrorCode(cause) !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new DatasetsError('PEER_MISSING', 'Google Cloud Dataflow needs the package @google-cloud/dataflow', {
      hint: 'Run: npm install @google-cloud/dataflow@4',
      cause,
    });
  });
  const options = {
    fallback: true,
    ...(project !== undefined && { projectId: project }),
    ...(await connection(impersonate)),
  } as ClientOptions;
  return {
    jobs: new dataflow.JobsV1Beta3Client(options),
    messages: new dataflow.MessagesV1Beta3Client(options),
    metrics: new dataflow.MetricsV1Beta3Client(options),
  };
}

async function connection(impersonate: readonly string[] = []): Promise<object> {
  const emulator = process.env['DATAFLOW_EMULATOR_HOST'];
  const { GoogleAuth, Impersonated, PassThroughClient } = authLibrary();
  if (emulator !== undefined && emulator !== '') {
    const { hostname, port } = new URL(/^https?:\/\//.test(emulator) ? emulator : `http://${emulator}`);
    return { protocol: 'http', apiEndpoint: hostname, port: Number(port), authClient: new PassThroughClient() };
  }
  const targetPrincipal = impersonate.at(-1);
  if (targetPrincipal === undefined) return {};
  const sourceClient = await new GoogleAuth({ scopes: [scope] }).getClient();
  const delegates = impersonate.slice(0, -1);
  const account = { sourceClient, targetPrincipal, delegates, lifetime: tokenSeconds, targetScopes: [scope] };
  return { authClient: new Impersonated(account) };
}

/** What the clients find credentials with, in their own version. */
interface AuthLibrary {
  readonly GoogleAuth: new (options: { scopes: string[] }) => { getClient(): Promise<object> };
  readonly Impersonated: new (options: object) => object;
  /** Adds nothing to a request, and looks nowhere. */
  readonly PassThroughClient: new () => object;
}

function authLibrary(): AuthLibrary {
  const gax = createRequire(import.meta.resolve('@google-cloud/dataflow'))('google-gax') as {
    readonly googleAuthLibrary: AuthLibrary;
  };
  return gax.googleAuthLibrary;
}

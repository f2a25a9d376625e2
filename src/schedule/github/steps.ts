import type { Json, JsonObject } from '../../core/json/index.js';
import { actions } from './actions.js';

/** An LTS release of Node. */
const nodeVersion = '22';

/** Steps that make the project ready on a runner. */
export function projectSteps(options: { readonly allHistory?: boolean } = {}): readonly JsonObject[] {
  return [
    {
      uses: actions.checkout,
      with: { 'persist-credentials': false, ...(options.allHistory === true && { 'fetch-depth': 0 }) },
    },
    { uses: actions.setupNode, with: { 'node-version': nodeVersion, cache: 'npm' } },
    { name: 'Install', run: 'npm ci --no-audit --no-fund' },
  ];
}

/** How a workflow becomes somebody at Google Cloud, without a key: by a token that GitHub signs for the run. */
export interface GoogleLogin {
  readonly workloadIdentityProvider?: string;
  readonly serviceAccount?: string;
}

export function googleSteps({ workloadIdentityProvider, serviceAccount }: GoogleLogin): readonly JsonObject[] {
  if (workloadIdentityProvider === undefined) return [];
  return [
    {
      name: 'Log in to Google Cloud',
      uses: actions.googleAuth,
      with: {
        workload_identity_provider: workloadIdentityProvider,
        ...(serviceAccount !== undefined && { service_account: serviceAccount }),
      },
    },
  ];
}

/** The least that a job is allowed: to read the repository, and to have a token signed where it logs in somewhere. */
export function permissions({ workloadIdentityProvider }: GoogleLogin, more: JsonObject = {}): Json {
  return { contents: 'read', ...(workloadIdentityProvider !== undefined && { 'id-token': 'write' }), ...more };
}

/** Environment variables that hold secrets of the repository. */
export function secretEnvironment(secrets: readonly string[]): JsonObject {
  return Object.fromEntries(secrets.map((name) => [name, `\${{ secrets.${name} }}`]));
}

import type { Storage as Client } from '@google-cloud/storage';
import { DatasetsError } from '../../core/errors/index.js';
import { systemErrorCode } from '../storage-error.js';
import type { GcsSettings } from './gcs-settings.js';

/**
 * Loads Google's client, 250 ms, and makes one. Credentials are found as Google's libraries find them.
 *
 * @throws DatasetsError PEER_MISSING
 */
export async function loadClient(settings: GcsSettings): Promise<Client> {
  const { Storage, IdempotencyStrategy } = await import('@google-cloud/storage').catch((cause: unknown) => {
    if (systemErrorCode(cause) !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new DatasetsError('PEER_MISSING', 'Google Cloud Storage needs the package @google-cloud/storage', {
      hint: 'Run: npm install @google-cloud/storage@7',
      cause,
    });
  });
  const endpoint = endpointOf(settings);
  const client = new Storage({
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
    timeout: settings.stallMilliseconds,
    // One loop repeats, ours (attempts.ts). The strategy is set all the same: without it the client changes this state, shared by all
    // its requests, at every request without a precondition.
    retryOptions: { autoRetry: false, idempotencyStrategy: IdempotencyStrategy.RetryAlways },
  });
  // The client takes STORAGE_EMULATOR_HOST itself for one half of its requests, without the path that it appends to apiEndpoint.
  if (endpoint !== undefined) client.baseUrl = `${endpoint}/storage/v1`;
  return client;
}

function endpointOf({ endpoint = process.env['STORAGE_EMULATOR_HOST'] }: GcsSettings): string | undefined {
  if (endpoint === undefined || endpoint === '') return undefined;
  const url = /^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`;
  return url.replace(/\/+$/, '');
}

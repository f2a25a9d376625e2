import { join } from 'node:path';
import { IdempotencyStrategy, Storage } from '@google-cloud/storage';
import { GcsStorage } from '../../src/storage/index.js';

/**
 * Sends or fetches files: `node gcs.js seam|client upload|download <endpoint> <bucket> <folder> <files>`, eight at once. Both sides check CRC-32C, which
 * is the client's default too. The clock starts when the client is loaded and connected.
 */
interface Side {
  upload(localFile: string, name: string): Promise<unknown>;
  download(name: string, localFile: string): Promise<unknown>;
}

const atOnce = 8;

function seam(endpoint: string, bucket: string): Side {
  const storage = new GcsStorage(`gs://${bucket}/seam`, { endpoint });
  return {
    upload: (localFile, name) => storage.upload(localFile, name),
    download: (name, localFile) => storage.download(name, localFile),
  };
}

/** Google's client as its documentation says; its retries are the same as ours. */
function client(endpoint: string, name: string): Side {
  // With it the client sends half of its requests to wrong paths.
  delete process.env['STORAGE_EMULATOR_HOST'];
  const retryOptions = { idempotencyStrategy: IdempotencyStrategy.RetryAlways };
  const bucket = new Storage({ apiEndpoint: endpoint, projectId: 'test', retryOptions }).bucket(name);
  return {
    upload: (localFile, object) => bucket.upload(localFile, { destination: `client/${object}` }),
    download: (object, localFile) => bucket.file(`client/${object}`).download({ destination: localFile }),
  };
}

async function main([
  kind,
  direction,
  endpoint = '',
  bucket = '',
  folder = '',
  files,
]: readonly string[]): Promise<void> {
  const side = kind === 'seam' ? seam(endpoint, bucket) : client(endpoint, bucket);
  await side.upload(import.meta.filename, 'warm');
  const names = Array.from({ length: Number(files) }, (_, file) => `${file}`);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        if (direction === 'upload') await side.upload(join(folder, name), name);
        else await side.download(name, join(folder, `${kind}-${name}`));
      }
    }),
  );
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
}

await main(process.argv.slice(2));

import type { Found } from '../oracle/environment.js';
import { findGoProgram, type GoProgram, prepareGoProgram } from '../oracle/go-program.js';

/** Google Cloud Storage on this machine, https://github.com/fsouza/fake-gcs-server: 50 MB. */
const server: GoProgram = {
  name: 'fake-gcs-server',
  module: 'github.com/fsouza/fake-gcs-server',
  version: 'v1.56.1',
  override: 'AILAB_TEST_GCS_SERVER',
  what: 'the fake of Google Cloud Storage',
  duration: 'half a minute',
};

/** Where the server is, or why it is not there. */
export function findServer(): Found {
  return findGoProgram(server);
}

/**
 * Builds the server where it is missing.
 *
 * @throws {GoMissingError} when no Go is found, or its `go install` fails
 */
export async function prepareServer(log: (line: string) => void): Promise<void> {
  await prepareGoProgram(server, log);
}

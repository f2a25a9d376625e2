import { type Environment, type Found, findProgram, prepareEnvironment } from '../oracle/environment.js';

/** bqemulator, https://pypi.org/project/bqemulator: REST and the Storage Read API over DuckDB. 35 seconds and 580 MB for a first time. */
const emulator: Environment = {
  folder: '.cache/python-bigquery',
  requirements: ['test/bigquery/requirements.txt', 'test/bigquery/repackaged.txt'],
  program: 'bin/bqemulator',
  override: 'AILAB_TEST_BIGQUERY_EMULATOR',
};

/** The emulator's program, or the reason why there is none. */
export function findEmulator(): Found {
  return findProgram(emulator);
}

/**
 * Makes the emulator's environment where it is missing or older than its pins.
 *
 * @throws {PythonMissingError} when no Python that the pinned packages support is on the PATH, or venv or pip fails
 */
export async function prepareEmulator(log: (line: string) => void): Promise<void> {
  await prepareEnvironment(emulator, 'the emulator of BigQuery', log);
}

/** `npm run python`: makes the Python environments of the tests, the stand-ins of Google Cloud Storage and BigQuery, and Beam's runners, where that is needed. */
import { prepareBeamPython, preparePrism } from '../beam/prepare-runners.js';
import { prepareEmulator } from '../bigquery/prepare-emulator.js';
import { prepareServer } from '../gcs/prepare-server.js';
import { PythonMissingError, prepareReaders, prepareTorch } from './environment.js';
import { GoMissingError } from './go-program.js';

const print = (line: string): void => void process.stderr.write(`${line}\n`);
const inContinuousIntegration = process.env['CI'] === 'true';

/** One after the other: the second environment is made with what the first holds. */
async function preparePython(): Promise<void> {
  for (const prepare of [prepareReaders, prepareTorch]) await orExplain(prepare(print));
}

async function orExplain(preparing: Promise<void>): Promise<void> {
  try {
    await preparing;
  } catch (error) {
    if (!(error instanceof PythonMissingError || error instanceof GoMissingError)) throw error;
    print(`${error.message}. ${inContinuousIntegration ? 'CI needs it.' : 'The tests that need it will be skipped.'}`);
    if (inContinuousIntegration) process.exitCode = 1;
  }
}

// Side by side: Python waits for downloads while Go compiles.
await Promise.all([
  preparePython(),
  orExplain(prepareServer(print)),
  orExplain(prepareEmulator(print)),
  orExplain(preparePrism(print)),
  orExplain(prepareBeamPython(print)),
]);

/** `npm run python`: makes the Python environments of the tests where that is needed. */
import { PythonMissingError, prepareReaders, prepareTorch } from './environment.js';

const print = (line: string): void => void process.stderr.write(`${line}\n`);
const inContinuousIntegration = process.env['CI'] === 'true';

for (const prepare of [prepareReaders, prepareTorch]) {
  try {
    await prepare(print);
  } catch (error) {
    if (!(error instanceof PythonMissingError)) throw error;
    print(`${error.message}. ${inContinuousIntegration ? 'CI needs it.' : 'The tests that need it will be skipped.'}`);
    if (inContinuousIntegration) process.exitCode = 1;
  }
}

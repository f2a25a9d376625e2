/** `npm run python`: makes the Python environment of the tests where it is needed. */
import { PythonMissingError, prepareEnvironment } from './environment.js';

try {
  await prepareEnvironment((line) => process.stderr.write(`${line}\n`));
} catch (error) {
  if (!(error instanceof PythonMissingError)) throw error;
  const inContinuousIntegration = process.env['CI'] === 'true';
  const consequence = inContinuousIntegration ? 'CI needs it.' : 'The tests that need it will be skipped.';
  process.stderr.write(`No Python environment: ${error.message}. ${consequence}\n`);
  if (inContinuousIntegration) process.exitCode = 1;
}

/**
 * The other implementations, for tests: tfds, TensorFlow, Hugging Face datasets and pyarrow behind one shared Python process.
 *
 * @example
 * it('is read by tfds', async function () {
 *   const oracle = requireOracle(this);
 *   const examples = plain(await oracle.call('tfds.read', { directory, split: 'train' }));
 * });
 */
import type { Context } from 'mocha';
import { findInterpreter, findTorchInterpreter } from './environment.js';
import { OracleProcess } from './process.js';
import { type CaptureOptions, capture, type Finished } from './spawn.js';

export { repositoryRoot } from './environment.js';
export { OracleError } from './process.js';
export { type CaptureOptions, capture, type Finished } from './spawn.js';
export {
  type DecodedImage,
  elements,
  isRagged,
  isTensor,
  plain,
  type Ragged,
  type Tensor,
  type TensorData,
  tensor,
} from './values.js';

/** The first call imports TensorFlow and tfds: five seconds, more on a busy machine. */
const oracleTimeoutMilliseconds = 180_000;

export interface Oracle {
  /**
   * Calls `<module>.<function>` of test/oracle/ops with keyword arguments; see there for the operations.
   *
   * @throws {OracleError} when Python raises; its `type` is the name of the exception's class
   */
  call(op: string, keywords?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Runs Python itself, as a user would: `['snippet.py']`, `['-c', text]`. The process is its own. */
  script(pythonArguments: readonly string[], options?: CaptureOptions): Promise<Finished>;
}

let shared: OracleProcess | undefined;

/**
 * The oracle that all test files share, for a test or a hook: `requireOracle(this)`.
 *
 * Without Python the test is skipped with the reason, or fails where CI=true. Raises the test's time limit for the first import.
 */
export function requireOracle(context: Context): Oracle {
  const found = findInterpreter();
  if ('missing' in found) return skip(context, found.missing);
  context.timeout(Math.max(context.timeout(), oracleTimeoutMilliseconds));
  const { program } = found;
  return {
    call: (op, keywords) => {
      shared ??= new OracleProcess(program);
      return shared.call(op, keywords);
    },
    script: (pythonArguments, options) => capture(program, pythonArguments, options),
  };
}

/** Like `requireOracle` for PyTorch: its own interpreter with torch, NumPy, pyarrow and pillow, for scripts only. */
export function requireTorch(context: Context): Pick<Oracle, 'script'> {
  const found = findTorchInterpreter();
  if ('missing' in found) return skip(context, found.missing);
  return { script: (pythonArguments, options) => capture(found.program, pythonArguments, options) };
}

/** Skips a test with a reason that the report shows; with CI=true a skip is a failure. */
export function skip(context: Context, reason: string): never {
  if (process.env['CI'] === 'true') throw new Error(`a test must not be skipped in CI: ${reason}`);
  const test = context.test;
  if (test !== undefined) test.title += ` (skipped: ${reason})`;
  return context.skip();
}

/** Ends the shared process; the root hook calls it after the last test. */
export async function closeOracle(): Promise<void> {
  const ending = shared;
  shared = undefined;
  await ending?.close();
}

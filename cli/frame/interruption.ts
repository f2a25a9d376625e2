import { DatasetsError } from '../../src/core/errors/index.js';
import { exitCodes } from './exit-code.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that Ctrl-C stops in good order: the first signal aborts, so that workers end and temporary files go; a second one ends the
 * process at once.
 *
 * @param onInterrupt called at the first signal, to tell the user that it was heard.
 * @throws DatasetsError INTERRUPTED when the work ended after a signal without a result.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, onInterrupt: () => void): Promise<T> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new DatasetsError('INTERRUPTED', `interrupted by ${signal}`));
    onInterrupt();
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    // Whatever broke after the signal broke because of it.
    throw isInterruption(error) ? error : Object.assign(controller.signal.reason, { cause: error });
  } finally {
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof DatasetsError && error.code === 'INTERRUPTED';
}

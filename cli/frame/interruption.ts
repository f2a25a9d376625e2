import { DatasetsError } from '../../src/core/errors/index.js';
import { exitCodes } from './exit-code.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that a signal stops in good order: the first one aborts, so that workers end; a second one ends the process at once. After Ctrl-C, temporary
 * files go; SIGTERM and SIGHUP come from a machine or a terminal that is taken away, and what a build has finished stays.
 *
 * @param onInterrupt called at the first signal, to tell the user that it was heard.
 * @throws DatasetsError INTERRUPTED or PREEMPTED when the work ended after a signal without a result.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, onInterrupt: () => void): Promise<T> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    const isPreempted = signal !== 'SIGINT';
    if (controller.signal.aborted) process.exit(isPreempted ? exitCodes.preempted : exitCodes.interrupted);
    controller.abort(
      new DatasetsError(isPreempted ? 'PREEMPTED' : 'INTERRUPTED', `interrupted by ${signal}`, {
        hint: 'Run it again.',
      }),
    );
    onInterrupt();
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    // Whatever broke after the signal broke because of it.
    const reason: DatasetsError = controller.signal.reason;
    throw isSame(error, reason) ? error : Object.assign(reason, { cause: error });
  } finally {
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

function isSame(error: unknown, reason: DatasetsError): boolean {
  return error instanceof DatasetsError && error.code === reason.code;
}

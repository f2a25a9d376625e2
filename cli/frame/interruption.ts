import { DatasetsError } from '../../src/core/errors/index.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { strayError } from './stray-error.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** For workers, jobs of runners and queries to be ended. */
const graceMilliseconds = 10_000;
/** For a process that has nothing left to do to end by itself. */
const lingerMilliseconds = 1000;

/**
 * Runs work that a signal stops in good order: the first one aborts, so that workers end; a second one ends the process at once. After Ctrl-C, temporary
 * files go; SIGTERM and SIGHUP come from a machine or a terminal that is taken away, and what a build has finished stays.
 *
 * An error that nothing catches (in a timer of the author's code, say) stops the work like a signal, so that no worker, job or query outlives it; where that takes longer than ten seconds, the process ends without more ado.
 *
 * @param onInterrupt called at the first signal, to tell the user that it was heard.
 * @param onGiveUp called before the process ends for such an error; it prints it.
 * @throws DatasetsError INTERRUPTED or PREEMPTED when the work ended after a signal without a result.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onInterrupt: () => void,
  onGiveUp: (error: DatasetsError) => Promise<ExitCode>,
): Promise<T> {
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
  let stray: DatasetsError | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  // Of promises that nobody waits for, too: Node makes uncaught exceptions of their rejections.
  const onUncaught = (thrown: unknown): void => {
    // What breaks while all is being ended broke because of it.
    if (controller.signal.aborted) return;
    const error = strayError(thrown);
    stray = error;
    controller.abort(error);
    giveUp = setTimeout(() => void onGiveUp(error).then((code) => process.exit(code)), graceMilliseconds);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onUncaught);
  try {
    const result = await work(controller.signal);
    if (stray !== undefined) throw stray;
    return result;
  } catch (error) {
    if (stray !== undefined) throw stray;
    if (!controller.signal.aborted) throw error;
    // Whatever broke after the signal broke because of it.
    const reason: DatasetsError = controller.signal.reason;
    throw isSame(error, reason) ? error : Object.assign(reason, { cause: error });
  } finally {
    clearTimeout(giveUp);
    if (stray !== undefined) endSoon();
    process.removeListener('uncaughtException', onUncaught);
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

/** What an author's code has left running (a timer, a connection) would keep the process: all of ours has ended, but for notifications, which are bounded. */
function endSoon(): void {
  const end = async (): Promise<void> => {
    const { notificationsSent } = await import('../../src/notify/index.js');
    await notificationsSent();
    process.exit();
  };
  setTimeout(() => void end(), lingerMilliseconds).unref();
}

function isSame(error: unknown, reason: DatasetsError): boolean {
  return error instanceof DatasetsError && error.code === reason.code;
}

import { setImmediate } from 'node:timers/promises';
import { TaskHost } from '../task/task-host.js';
import type { TaskRunner } from '../task/task-runner.js';

/** Runs tasks in this thread, one after the other: what a debugger can follow. */
export function openInlineRunner(): TaskRunner {
  const host = new TaskHost();
  return {
    concurrency: 1,
    run: async (task, setup) => {
      // Signals and timers get their turn also between tasks that are too short to give them one.
      await setImmediate();
      return host.run(task, setup);
    },
    teardown: () => host.teardown(),
    close: async () => {},
  };
}

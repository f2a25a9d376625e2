import { TaskHost } from '../task/task-host.js';
import type { TaskRunner } from '../task/task-runner.js';

/** Runs tasks in this thread, one after the other: what a debugger can follow. */
export function openInlineRunner(): TaskRunner {
  const host = new TaskHost();
  return {
    concurrency: 1,
    run: (task, setup) => host.run(task, setup),
    teardown: () => host.teardown(),
    close: async () => {},
  };
}

import type { JobEvent } from '../../src/engines/index.js';
import { printable, truncate } from '../terminal/index.js';

/** Enough of a message to know what it is about: a runner's stacks have hundreds of lines, and the error at the end says what counts. */
const messageColumns = 200;

/**
 * A line about the job that does a build; undefined where there is nothing to say.
 *
 * @param verbose whether messages of every importance are shown, whole
 */
export function jobText(event: JobEvent, verbose: boolean): string | undefined {
  switch (event.type) {
    case 'job-start':
      return `job ${printable(event.id)} on ${event.service}${event.url === undefined ? '' : `: ${printable(event.url)}`}`;
    case 'job-state':
      // Before and after it other lines say as much.
      return event.state === 'running' || event.state === 'cancelling' ? `the job is ${event.state}` : undefined;
    case 'job-message':
      return messageText(event, verbose);
  }
}

function messageText({ importance, text }: JobEvent & { readonly type: 'job-message' }, verbose: boolean) {
  const lines = text.trimEnd().split('\n').map(printable);
  if (verbose) return lines.map((line) => `${importance}: ${line}`).join('\n');
  const [first = ''] = lines;
  return importance === 'warning' || importance === 'error'
    ? `${importance} of the job: ${truncate(first, messageColumns)}`
    : undefined;
}

import { formatReference } from '../../core/names/index.js';
import type { BuildReport } from '../../registry/index.js';
import type { BuildEvent } from '../build-options.js';

/** Lines that are kept of the beginning and of the end: what a build of hundreds of stages says in between is the least of help. */
const mostFirst = 100;
const mostLast = 200;
const mostCharacters = 500;

type LogLine = BuildReport['log']['first'][number];

/** What a build said of itself, line by line; of a long one the beginning and the end. */
export class EventLog {
  readonly #first: LogLine[] = [];
  readonly #last: LogLine[] = [];
  #omitted = 0;

  add(event: BuildEvent, time: Date): void {
    const text = eventText(event);
    if (text === undefined) return;
    const line = { time: time.toISOString(), text: text.slice(0, mostCharacters) };
    if (this.#first.length < mostFirst) {
      this.#first.push(line);
      return;
    }
    this.#last.push(line);
    if (this.#last.length <= mostLast) return;
    this.#last.shift();
    this.#omitted++;
  }

  lines(): BuildReport['log'] {
    return { first: this.#first, omitted: this.#omitted, last: this.#last };
  }
}

/** What runners write into their messages may be anything, values of the data among it: it is not kept. */
function eventText(event: BuildEvent): string | undefined {
  switch (event.type) {
    case 'build-start':
      return `building ${formatReference({ name: event.dataset, config: event.config, version: event.version })}`;
    case 'build-waiting':
      return `waiting for ${event.host}, pid ${event.pid}, which builds the same version`;
    case 'build-resumed':
      return `resumes the build that stopped at ${event.stoppedAt.toISOString()}`;
    case 'stage-start':
      return `${event.stage}: ${event.tasks} ${event.tasks === 1 ? 'task' : 'tasks'}${event.rows === undefined || event.unit === 'bytes' ? '' : `, ${event.rows} rows`}`;
    case 'stage-end':
      return `${event.stage}: ended after ${event.seconds.toFixed(3)} s, ${event.rows} rows`;
    case 'bad-rows':
      return `${event.report.source}: ${event.report.rows} malformed rows were left out`;
    case 'job-start':
      return `job ${event.id} on ${event.service}`;
    case 'job-state':
      return `the job is ${event.state}`;
    case 'publish-start':
      return 'all shards are written; checks and publication begin';
    default:
      return undefined;
  }
}

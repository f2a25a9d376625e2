import assert from 'node:assert/strict';
import type { JobCounter } from '../../../src/engines/beam/job/submitter.js';
import { JobProgress } from '../../../src/engines/beam/job-progress.js';
import { stageCounter } from '../../../src/engines/beam/steps/counters.js';
import type { BuildProgress } from '../../../src/engines/index.js';
import type { PlannedStage } from '../../../src/pipeline/index.js';

/** All that progress looks at. */
const reading = { name: 'items', root: { kind: 'source', node: 3 } } as PlannedStage;

function progressOf(): { progress: JobProgress; told: () => readonly string[] } {
  const events: BuildProgress[] = [];
  const source = { node: 3, description: 'items.csv', maxBadRows: undefined };
  const shards = [
    { data: 0, rows: 100 },
    { data: 1, rows: 200 },
  ];
  const job = { sources: [{ ...source, shards }] } as unknown as ConstructorParameters<typeof JobProgress>[2];
  return {
    progress: new JobProgress((event) => events.push(event), [reading], job),
    told: () => events.map(describeEvent),
  };
}

function describeEvent(event: BuildProgress): string {
  switch (event.type) {
    case 'stage-start':
      return `${event.stage} starts: ${event.tasks} tasks, ${event.rows} rows`;
    case 'task-end':
      return `${event.stage}: ${event.done}/${event.tasks}`;
    case 'rows':
    case 'stage-end':
      return `${event.stage} ${event.type}: ${event.rows}`;
    case 'bad-rows':
      return event.stage;
  }
}

const counted = (what: Parameters<typeof stageCounter>[0], value: bigint): JobCounter => ({
  transform: 'items/Run',
  namespace: '',
  name: stageCounter(what, 'items'),
  attempted: value,
  committed: value,
});

describe('the progress of a job', () => {
  it('is that of a build on this machine, where the service tells counters', () => {
    const { progress, told } = progressOf();
    progress.take([counted('tasks', 2n)]);
    progress.take([counted('tasks', 2n), counted('tasks done', 1n), counted('rows', 100n)]);
    progress.take([counted('tasks', 2n), counted('tasks done', 2n), counted('rows', 300n)]);
    assert.equal(progress.isCounted, true);
    assert.deepEqual(told(), [
      'items starts: 2 tasks, 300 rows',
      'items rows: 100',
      'items: 1/2',
      'items rows: 300',
      'items: 2/2',
      'items stage-end: 300',
    ]);
  });

  it('is told by staged tasks where counters come at the end, and its rows then', () => {
    const { progress, told } = progressOf();
    progress.takeTasks(new Map([[0, { staged: 2, done: 0 }]]));
    progress.takeTasks(new Map([[0, { staged: 2, done: 2 }]]));
    assert.equal(progress.isCounted, false);
    assert.deepEqual(told(), ['items starts: 2 tasks, 300 rows', 'items: 2/2']);
    progress.take([counted('tasks', 2n), counted('tasks done', 2n), counted('rows', 300n)]);
    progress.end();
    assert.deepEqual(told().slice(2, 4), ['items rows: 300', 'items stage-end: 300']);
  });
});

import assert from 'node:assert/strict';
import { planRebuild, rebuild } from '../../src/schedule/index.js';
import { type FakeBigQuery, startFakeBigQuery } from '../bigquery/index.js';
import { FakeClock } from './fake-clock.js';
import { ScheduleProject } from './schedule-project.js';

const now = new Date('2026-11-21T03:00:00Z');
const mebibyte = 2 ** 20;

describe('what a rebuild is billed', () => {
  let project: ScheduleProject;
  let bigquery: FakeBigQuery;
  before(async () => {
    const result = { fields: [{ name: 'number', type: 'INTEGER' }], rows: [{ number: 1n }, { number: 2n }] } as const;
    const queries = [
      { matches: /small/, result, bytesProcessed: 3 * mebibyte, bytesEstimated: 4 * mebibyte },
      { matches: /middle/, result, bytesProcessed: 200 * mebibyte },
      { matches: /large/, result, bytesProcessed: 1024 * mebibyte },
      { matches: /wrong/, refusal: { reason: 'invalidQuery', message: 'no such column' } },
    ];
    bigquery = await startFakeBigQuery({ datasets: ['results'], queries });
    project = await ScheduleProject.create();
    await project.add('a_file');
    for (const name of ['small', 'middle', 'large', 'wrong']) {
      await project.add(name, {
        before: `return { train: p.read(lib.sql('SELECT number FROM ${name}')).keyBy((row: any) => row.number).mapValues((row: any) => ({ number: row.number, origin: '${name}' })) };`,
      });
    }
    await project.add('small_too', { from: ['large'] });
  });
  after(async () => {
    await project.remove();
    await bigquery.stop();
  });

  const config = () =>
    project.config({ warehouse: 'bigquery', bigquery: { project: bigquery.project, dataset: 'results' } });

  it('is known before, as the most that it can be, and costs nothing to ask', async () => {
    const { steps, bytesToBill } = await planRebuild({ all: true, config: await config(), now });
    assert.deepEqual(
      steps.map(({ dataset, bytesToBill: bytes }) => [dataset, bytes === undefined ? bytes : bytes / mebibyte]),
      [
        ['a_file', 0],
        ['large', 1024],
        ['middle', 200],
        ['small', 10],
        ['wrong', undefined],
        ['small_too', 0],
      ],
    );
    assert.equal(bytesToBill, undefined);
    assert.deepEqual(bigquery.paid, []);
  });

  it('is never more than the budget: what could exceed it is not begun, what costs nothing is', async () => {
    const options = { names: ['middle', 'small', 'a_file', 'small_too'], now, clock: new FakeClock(now), parallel: 1 };
    const first = await rebuild({ ...options, config: await config(), budgetBytes: 205 * mebibyte });
    assert.deepEqual(
      first.outcomes.map(({ step, status }) => [step.dataset, status]),
      [
        ['a_file', 'published'],
        ['large', 'not-run'],
        ['middle', 'not-run'],
        ['small', 'not-run'],
        ['small_too', 'skipped'],
      ],
    );
    assert.deepEqual([first.exitCode, first.bytesBilled, bigquery.paid], [3, 0, []]);
    const names = ['middle', 'small'];
    const second = await rebuild({ ...options, names, config: await config(), budgetBytes: 210 * mebibyte });
    assert.deepEqual(
      second.outcomes.map(({ step, status, bytesBilled }) => [step.dataset, status, (bytesBilled ?? 0) / mebibyte]),
      [
        ['middle', 'published', 200],
        ['small', 'published', 10],
      ],
    );
    assert.equal(second.bytesBilled, 210 * mebibyte);
  });

  it('can’t be within a budget where nobody can say what it is', async () => {
    const options = { names: ['wrong'], now, clock: new FakeClock(now), config: await config() };
    const { outcomes } = await rebuild({ ...options, budgetBytes: 2 ** 40 });
    assert.deepEqual(
      [outcomes[0]?.status, outcomes[0]?.because],
      ['not-run', 'nobody can say what it would be billed, and the run has a budget'],
    );
    const without = await rebuild(options);
    assert.deepEqual([without.outcomes[0]?.status, without.outcomes[0]?.error?.code], ['failed', 'QUERY_INVALID']);
  });
});

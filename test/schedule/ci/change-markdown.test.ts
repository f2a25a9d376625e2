import assert from 'node:assert/strict';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { type Change, type ChangePlan, changeMarkdown, type RebuildStep } from '../../../src/schedule/index.js';

const step: RebuildStep = {
  reference: 'clicks:1.1.0',
  dataset: 'clicks',
  config: undefined,
  version: '1.1.0',
  snapshot: undefined,
  action: 'build',
  because: 'it is not published',
  hint: undefined,
  wave: 1,
  upstreams: [],
  after: [],
  aliases: [],
  bytesToBill: 3 * 2 ** 30,
  touchedBy: [],
  error: undefined,
};

function markdown(changes: readonly Partial<Change>[], verdict: ChangePlan['verdict'] = 'fine'): string {
  const full = changes.map((change) => ({
    step,
    before: undefined,
    declaredBump: undefined,
    sample: undefined,
    ...change,
  }));
  const plan = { at: '2026-11-21T00:00:00Z', registry: '/registry', steps: [], bytesToBill: 3 * 2 ** 30, warnings: [] };
  return changeMarkdown({ base: 'origin/main', plan, changes: full, verdict });
}

describe('the comment on a pull request', () => {
  it('says when no data set is concerned', () => {
    assert.match(markdown([]), /\nNone: no data set would be built for it\.\n/);
  });

  it('shows what a warehouse would bill', () => {
    const text = markdown([{}]);
    assert.match(text, /\| `clicks:1\.1\.0` \| is built \| it is not published \| first version \| 3\.0 GiB \|/);
    assert.match(text, /A warehouse would bill at most 3\.0 GiB\./);
  });

  it('quotes no message that may hold data, and says where it was', () => {
    for (const code of ['USER_CODE', 'EXAMPLE_INVALID', 'KEY_DUPLICATE', 'SOURCE_MALFORMED'] as const) {
      const at = { split: 'train', field: 'user/id' };
      const error = new DatasetsError(code, 'user/id is "ann@example.org", not a number', { at });
      const text = markdown([{ sample: { status: 'failed', error } }], 'failed');
      assert.doesNotMatch(text, /ann/);
      assert.ok(text.includes('no sample can be built'), text);
      assert.match(text, /split train, field user\/id/);
    }
  });

  it('says why a sample failed of which the message holds names alone', () => {
    const error = new DatasetsError('SOURCE_NOT_FOUND', 'rows.csv is not there\nand more');
    assert.match(markdown([{ sample: { status: 'failed', error } }]), /SOURCE\\_NOT\\_FOUND: rows\.csv is not there\n/);
  });

  it('becomes no other table, no HTML, and nobody’s mention', () => {
    const text = markdown([{ step: { ...step, because: 'a | b <script> `c` and product_a@prod\nmore' } }]);
    const row = text.split('\n').find((line) => line.startsWith('| `clicks')) ?? '';
    assert.equal(row.split(/(?<!\\)\|/).length, 7);
    assert.doesNotMatch(text, /<script>|@prod/);
  });

  it('is no longer than a comment may be', () => {
    const text = markdown(Array.from({ length: 2000 }, () => ({})));
    assert.ok(text.length < 65_536);
    assert.match(text, /too long for a comment\.\n$/);
  });
});

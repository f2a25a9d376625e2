import assert from 'node:assert/strict';
import { normalSql } from '../../src/provenance/fingerprint/sql-text.js';

describe('the text of a query that counts', () => {
  const query = "SELECT id, 'a  -- b' AS note\nFROM clicks\nWHERE x - 1 > y / 2";

  it('has no comments, and white space only as one space', () => {
    const commented = `-- All clicks.\n${query.replace('\nFROM', ' /* of\n today */\n\n  FROM')}\n-- end\n`;
    assert.notEqual(commented, query);
    assert.equal(normalSql(commented), normalSql(query));
    assert.equal(normalSql(query), "SELECT id, 'a  -- b' AS note FROM clicks WHERE x - 1 > y / 2");
  });

  it('is another one where a text, a name or an operator is', () => {
    for (const [from, to] of [
      ['a  -- b', 'a -- b'],
      ['x - 1', 'x -1'],
      ['clicks', 'Clicks'],
      ['> y', '>= y'],
    ] as const) {
      assert.notEqual(normalSql(query.replace(from, to)), normalSql(query), to);
    }
  });

  it('is as it was written where dialects would read it differently', () => {
    for (const text of [
      "SELECT 'it\\'s' -- a",
      'SELECT $$a -- b$$',
      "SELECT '''a''' -- b",
      'SELECT #1 -- a',
      '/* a /* b */ c */ SELECT 1',
    ]) {
      assert.equal(normalSql(text), text);
    }
  });
});

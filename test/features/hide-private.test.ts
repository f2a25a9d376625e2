import assert from 'node:assert/strict';
import { features, hidePrivate, optional, record, scalar, sequence, text } from '../../src/features/index.js';

describe('private values', () => {
  const schema = features({
    id: text({ pii: 'user_id' }),
    friends: sequence(record({ name: text({ pii: 'name' }), since: scalar('int64') })),
    age: optional(scalar('int64', { pii: 'age' })),
    tags: sequence(text()),
  });

  it('are shown as the beginning of their hash wherever they stand, others as they are', () => {
    const tags = ['a', 'b'];
    const shown = hidePrivate(schema, { id: 'ann', friends: [{ name: 'bob', since: 3n }], age: 41n, tags }) as Record<
      string,
      unknown
    >;
    // By `printf ann | sha256sum` and `printf bob | sha256sum`.
    assert.equal(shown['id'], '(private, sha256 49915e0d...)');
    assert.deepEqual(shown['friends'], [{ name: '(private, sha256 81b637d8...)', since: 3n }]);
    assert.match(String(shown['age']), /^\(private/);
    assert.equal(shown['tags'], tags);
  });

  it('that are absent stay absent', () => {
    const shown = hidePrivate(schema, { id: 'ann', friends: [], age: null, tags: [] }) as Record<string, unknown>;
    assert.equal(shown['age'], null);
    assert.deepEqual(shown['friends'], []);
  });
});

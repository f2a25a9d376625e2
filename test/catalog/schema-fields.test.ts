import assert from 'node:assert/strict';
import { schemaFields } from '../../src/catalog/index.js';
import {
  classLabel,
  dataset,
  features,
  image,
  optional,
  record,
  scalar,
  sequence,
  tensor,
  text,
} from '../../src/features/index.js';

describe('schemaFields', () => {
  const schema = features({
    item: classLabel({ count: 80, description: 'item shown' }),
    position: classLabel({ names: ['left', 'center', 'right'] }),
    affinity: tensor({ dtype: 'float32', shape: [80, null], unit: 'score', range: [0, 1] }),
    photo: optional(image({ shape: [null, null, 3], encoding: 'jpeg' })),
    user: record({ id: text({ pii: 'user_id', caveats: 'shared by families' }) }, { description: 'who saw it' }),
    tags: sequence(text({ description: 'a word' })),
    steps: dataset(record({ reward: scalar('float32', { unit: 'points' }) })),
  });

  it('lists every field with its path, its type in words and what its author said', () => {
    const fields = schemaFields(schema);
    assert.deepEqual(
      fields.map(({ path, type, optional: mayBeAbsent }) => [path, type, mayBeAbsent]),
      [
        ['item', 'class of 80', false],
        ['position', 'class of 3: left, center, right', false],
        ['affinity', 'float32 [80, ?]', false],
        ['photo', 'image [?, ?, 3] (jpeg)', true],
        ['user', 'record', false],
        ['user/id', 'text', false],
        ['tags', 'list of text', false],
        ['steps', 'nested data set of records', false],
        ['steps[]/reward', 'float32', false],
      ],
    );
    const byPath = new Map(fields.map((field) => [field.path, field]));
    assert.equal(byPath.get('item')?.description, 'item shown');
    assert.deepEqual(byPath.get('affinity')?.range, [0, 1]);
    assert.equal(byPath.get('affinity')?.unit, 'score');
    assert.equal(byPath.get('user')?.description, 'who saw it');
    assert.equal(byPath.get('user/id')?.pii, 'user_id');
    assert.equal(byPath.get('user/id')?.caveats, 'shared by families');
    assert.equal(byPath.get('tags')?.description, 'a word');
    assert.equal(byPath.get('steps[]/reward')?.unit, 'points');
  });

  it('shows the first names of many classes', () => {
    const names = Array.from({ length: 100 }, (_, index) => `class${index}`);
    const [field] = schemaFields(features({ label: classLabel({ names }) }));
    assert.equal(field?.type, 'class of 100: class0, class1, class2, class3, class4, class5, …');
  });
});

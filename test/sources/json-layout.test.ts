import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JsonLayout } from '../../src/sources/text/json-layout.js';
import { type JsonShape, jsonShape } from '../../src/sources/text/json-shape.js';

function shapeOf(line: string): JsonShape {
  const shape = jsonShape(Buffer.from(line));
  assert.ok(shape !== undefined);
  return shape;
}

/** A line of these names. */
function lineOf(names: readonly string[]): JsonShape {
  return shapeOf(`{${names.map((name) => `${JSON.stringify(name)}:1`).join(',')}}`);
}

function namesIn({ members }: JsonLayout): readonly string[] {
  return members.map(({ name }) => name);
}

describe('what is learnt of the lines of a file', () => {
  it('is an order in which each of them has its names, where there is one', () => {
    const lines = fc
      .uniqueArray(fc.string({ maxLength: 4 }), { minLength: 2, maxLength: 8 })
      .chain((names) => fc.array(fc.subarray(names, { minLength: 1 }), { minLength: 1, maxLength: 12 }));
    fc.assert(
      fc.property(lines, ([first = ['a'], ...rest]) => {
        const layout = new JsonLayout(lineOf(first));
        const shown = [first];
        for (const names of rest) {
          layout.learn(lineOf(names));
          shown.push(names);
          for (const line of shown) {
            assert.deepEqual(
              namesIn(layout).filter((name) => line.includes(name)),
              line,
            );
          }
        }
        assert.equal(new Set(namesIn(layout)).size, namesIn(layout).length);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('is nothing of a line with another order, and of one that has nothing new', () => {
    const layout = new JsonLayout(lineOf(['a', 'b', 'c']));
    assert.equal(layout.learn(lineOf(['c', 'x', 'a'])), false);
    assert.equal(layout.learn(lineOf(['a', 'b'])), false);
    assert.deepEqual(namesIn(layout), ['a', 'b', 'c']);
    assert.equal(layout.learn(lineOf(['a', 'x', 'b'])), true);
    assert.deepEqual(namesIn(layout), ['a', 'x', 'b', 'c']);
  });

  for (const line of ['{"a": 1,"x":1}', '{"a":1, "x":1}', '{ "a":1,"x":1}', '{"a":1,"x":1 }', '{"\\u0061":1,"x":1}']) {
    it(`is nothing of a line that is written otherwise: ${line}`, () => {
      const layout = new JsonLayout(shapeOf('{"a":1,"b":2}'));
      assert.equal(layout.learn(shapeOf(line)), false);
    });
  }

  it('is the space between properties from the first line that has two', () => {
    const layout = new JsonLayout(shapeOf('{"a":1}'));
    assert.equal(layout.separator.toString(), ',');
    assert.equal(layout.learn(shapeOf('{"a":1, "b":2}')), true);
    assert.equal(layout.separator.toString(), ', ');
    assert.equal(layout.learn(shapeOf('{"a":1,"c":2}')), false);
  });

  it('is no more than 256 names', () => {
    const names = Array.from({ length: 256 }, (_, i) => `n${i}`);
    const layout = new JsonLayout(lineOf(names));
    assert.equal(layout.mayLack, true);
    assert.equal(layout.learn(lineOf(['n255', 'one more'])), false);
    assert.equal(namesIn(layout).length, 256);
    assert.equal(new JsonLayout(lineOf([...names, 'one more'])).mayLack, false);
  });

  it('is nothing of lines that name a property twice, or have spaces here and there', () => {
    for (const line of ['{"a":1,"a":2}', '{"a":1,"b":2, "c":3}', '{}', '[1]', '{"a"}'])
      assert.equal(jsonShape(Buffer.from(line)), undefined);
  });
});

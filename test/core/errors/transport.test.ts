import assert from 'node:assert/strict';
import { DatasetsError, packError, unpackError } from '../../../src/core/errors/index.js';

const there = (error: unknown) => unpackError(structuredClone(packError(error)));

describe('an error that crosses threads', () => {
  it('keeps class, code, hint, location, stack and causes', () => {
    const cause = new TypeError('inner', { cause: new RangeError('innermost') });
    const error = new DatasetsError('USER_CODE', 'outer', {
      hint: 'do this',
      cause,
      at: { transform: 'map#1', offset: 3 },
    });
    const back = there(error);
    assert(back instanceof DatasetsError);
    assert.deepEqual(
      [back.name, back.code, back.message, back.hint, back.at],
      ['DatasetsError', 'USER_CODE', 'outer', 'do this', error.at],
    );
    assert.equal(back.stack, error.stack);
    assert(back.cause instanceof Error && back.cause.cause instanceof Error);
    assert.deepEqual([back.cause.name, back.cause.message, back.cause.stack], ['TypeError', 'inner', cause.stack]);
    assert.equal(back.cause.cause.name, 'RangeError');
    assert.equal(String(back.cause), 'TypeError: inner');
  });

  it('keeps what a system error knows, and the errors of an AggregateError', () => {
    const system = Object.assign(new Error('no space'), { code: 'ENOSPC', errno: -28, syscall: 'write', path: '/x' });
    assert.deepEqual({ ...(there(system) as object) }, { code: 'ENOSPC', errno: -28, syscall: 'write', path: '/x' });
    const back = there(new AggregateError([new TypeError('a'), 'b'], 'many'));
    assert(back instanceof AggregateError);
    assert.deepEqual(back.errors.map(String), ['TypeError: a', "'b'"]);
  });

  it('describes whatever else was thrown, and survives causes that go in a circle', () => {
    assert.equal(there({ reason: 'odd' }), "{ reason: 'odd' }");
    assert.equal(there(undefined), 'undefined');
    const circle = new Error('circle');
    circle.cause = circle;
    assert.equal((there(circle) as Error).message, 'circle');
  });

  it('recognises an error of a second copy of this package by its shape', () => {
    const other = Object.assign(new Error('theirs'), {
      name: 'DatasetsError',
      code: 'KEY_INVALID',
      hint: undefined,
      at: {},
    });
    const back = there(other);
    assert(back instanceof DatasetsError);
    assert.equal(back.code, 'KEY_INVALID');
  });
});

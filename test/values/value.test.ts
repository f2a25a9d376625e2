import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetsError } from '../../src/core/errors/index.js';
import { decodeValue, encodeValue, ValueReader, ValueWriter } from '../../src/values/index.js';

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    1,
    -1,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 53,
    0.1,
    Infinity,
    -Infinity,
  ),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ minLength: 30, maxLength: 200 }),
);
const typedArray = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    number,
    fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n }),
    text,
    typedArray,
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value')),
    fc.dictionary(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'b', '__proto__', '1', '10', '9')),
      tie('value'),
    ),
  ),
}));

/** Deep equality that tells -0 from 0, and ignores prototypes and the order of properties, as values do. */
function equal(a: unknown, b: unknown): boolean {
  try {
    assert.deepStrictEqual(normal(a), normal(b));
    return true;
  } catch {
    return false;
  }
}
function normal(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(normal);
  if (typeof item === 'object' && item !== null && [null, Object.prototype].includes(Object.getPrototypeOf(item))) {
    return [
      'object',
      ...Object.entries(item)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, normal(inner)]),
    ];
  }
  return item;
}

function rejects(input: unknown, message: RegExp, field?: string): void {
  assert.throws(
    () => encodeValue(input),
    (error) =>
      error instanceof DatasetsError &&
      error.code === 'VALUE_UNSUPPORTED' &&
      message.test(error.message) &&
      typeof error.hint === 'string' &&
      error.at.field === field,
  );
}

describe('values', () => {
  it('come back equal from their encoding', () => {
    fc.assert(fc.property(value, (item) => equal(decodeValue(encodeValue(item)), item)));
  });

  it('have one encoding each: equal bytes for equal values, whatever the order of properties', () => {
    fc.assert(
      fc.property(value, (item) => {
        const again = decodeValue(encodeValue(item));
        const plain = item !== null && Object.getPrototypeOf(item) === Object.prototype;
        const reversed = plain ? Object.fromEntries(Object.entries(item as object).reverse()) : again;
        return Buffer.compare(encodeValue(item), encodeValue(reversed)) === 0;
      }),
    );
  });

  it('have different bytes when they differ', () => {
    fc.assert(
      fc.property(value, value, (a, b) => (Buffer.compare(encodeValue(a), encodeValue(b)) === 0) === equal(a, b)),
    );
  });

  it('are never the beginning of another value, so that they can be sorted one after the other', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [short, long] = [encodeValue(a), encodeValue(b)].sort((x, y) => x.length - y.length);
        assert(short !== undefined && long !== undefined);
        return short.length === long.length || Buffer.compare(short, long.subarray(0, short.length)) !== 0;
      }),
    );
  });

  it('keep numbers, bigints and strings apart, and -0 from 0', () => {
    const all = [
      1,
      1n,
      '1',
      [1],
      true,
      0,
      -0,
      0n,
      null,
      '',
      new Uint8Array(0),
      [],
      {},
      new Date(0),
      new Uint8Array(1),
      new Int8Array(1),
    ];
    const encodings = new Set(all.map((item) => Buffer.from(encodeValue(item)).toString('hex')));
    assert.equal(encodings.size, all.length);
  });

  it('treat every NaN as one, in arrays too', () => {
    const bits = new Uint32Array([0xffc00001, 0x7fc00000]);
    const [odd, plain] = [new Float32Array(bits.buffer, 0, 1), new Float32Array(bits.buffer, 4, 1)];
    assert.deepEqual(encodeValue(odd), encodeValue(plain));
    const wide = new BigUint64Array([0xfff8000000000001n]);
    assert.deepEqual(encodeValue(new Float64Array(wide.buffer)), encodeValue(new Float64Array([Number.NaN])));
    assert.deepEqual(encodeValue(new Float64Array(wide.buffer)[0]), encodeValue(Number.NaN));
  });

  it('treat a property that is undefined as one that is absent, and a Buffer as its bytes', () => {
    assert.deepEqual(encodeValue({ a: 1, b: undefined }), encodeValue({ a: 1 }));
    assert.deepEqual(encodeValue(Buffer.from('ab')), encodeValue(new Uint8Array([97, 98])));
  });

  it('sort property names by their UTF-8 bytes, where UTF-16 would order them otherwise', () => {
    const keys = Object.keys(decodeValue(encodeValue({ '\u{1F600}': 1, '\uFFFD': 2, z: 3 })) as object);
    assert.deepEqual(keys, ['z', '\uFFFD', '\u{1F600}']);
  });

  it('do not let a property named __proto__ set a prototype', () => {
    const evil: unknown = JSON.parse('{"__proto__": {"admin": true}}');
    const back = decodeValue(encodeValue(evil)) as { readonly admin?: boolean };
    assert.equal(back.admin, undefined);
    assert.deepEqual(Object.keys(back), ['__proto__']);
  });

  it('name the path of what is not a value', () => {
    rejects({ user: { tags: ['a', new Map()] } }, /at user\.tags\[1\]: a Map/, 'user.tags[1]');
    rejects([1, undefined], /at \[1\]: undefined/, '[1]');
    rejects(undefined, /^undefined is not a value/);
    rejects({ f: function named() {} }, /at f: function named/, 'f');
    rejects({ s: Symbol('x') }, /Symbol\(x\)/, 's');
    rejects(new URL('file:///x'), /an instance of URL/);
    rejects({ when: new Date(Number.NaN) }, /at when: an invalid Date/, 'when');
    rejects({ text: 'a\uD800b' }, /lone surrogate/, 'text');
    rejects({ 'a\uD800': 1 }, /lone surrogate/, 'a\uD800');
    rejects({ later: Promise.resolve(1) }, /a Promise/, 'later');
    rejects(new DataView(new ArrayBuffer(1)), /an instance of DataView/);
    const array = [1];
    array[2] = 3;
    rejects(array, /at \[1\]: undefined/, '[1]');
  });

  it('refuse what contains itself', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    assert.throws(() => encodeValue(loop), { code: 'VALUE_UNSUPPORTED', message: /contain itself/ });
  });

  it('can be appended and read one after the other; a refused value leaves nothing behind', () => {
    const writer = new ValueWriter(1);
    writer.write('x'.repeat(1000));
    assert.throws(() => writer.write({ a: 1, b: new Set() }));
    writer.write({ a: [1n] });
    const reader = new ValueReader(writer.copy());
    assert.equal(reader.read(), 'x'.repeat(1000));
    assert.deepEqual(reader.read(), { a: [1n] });
    assert.equal(reader.offset, writer.length);
  });

  it('keep long and wide objects exact', () => {
    const wide = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key${i}`, i]));
    assert.deepEqual(
      decodeValue(encodeValue(wide)),
      Object.fromEntries(Object.entries(wide).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    const long = 'ä'.repeat(70000);
    assert.equal(decodeValue(encodeValue(long)), long);
  });

  it('are refused, with the place, when their bytes are damaged', () => {
    const bytes = encodeValue({ a: 'hello', b: [1, 2, 3] });
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeValue(bytes.subarray(0, end)), { code: 'DATA_CORRUPT' });
    }
    assert.throws(() => decodeValue(new Uint8Array([255])), { code: 'DATA_CORRUPT', message: /tag 255/ });
    assert.throws(() => decodeValue(new Uint8Array([...bytes, 0])), {
      code: 'DATA_CORRUPT',
      message: /1 bytes follow/,
    });
  });
});

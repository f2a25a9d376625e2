import assert from 'node:assert/strict';
import { DatasetsError } from '../../src/core/errors/index.js';
import {
  type AnyFeature,
  audio,
  boundingBox,
  classLabel,
  createRowEncoder,
  dataset,
  features,
  image,
  labelledImage,
  optional,
  RowArena,
  record,
  scalar,
  sequence,
  tensor,
  text,
  translation,
  translationVariableLanguages,
  video,
} from '../../src/features/index.js';

/** The error of an example whose field `value` doesn't fit. */
function errorOf(feature: AnyFeature, value: unknown): DatasetsError {
  return errorOfExample(features({ value: feature }), { value });
}

function errorOfExample(schema: AnyFeature, example: unknown): DatasetsError {
  const arena = new RowArena(64);
  arena.position = 8;
  try {
    createRowEncoder(schema).encode(example as never, arena);
  } catch (error) {
    assert.ok(error instanceof DatasetsError, String(error));
    assert.equal(error.code, 'EXAMPLE_INVALID');
    assert.ok(error.hint !== undefined && error.hint !== '', `a hint for: ${error.message}`);
    assert.equal(arena.position, 8, 'a failed encode leaves the arena as it was');
    return error;
  }
  throw new assert.AssertionError({ message: `${JSON.stringify(example)} was encoded` });
}

function refuses(feature: AnyFeature, value: unknown, message: RegExp): void {
  const error = errorOf(feature, value);
  assert.match(error.message, message);
  assert.ok(error.message.startsWith(`${error.at.field}: `), error.message);
}

describe('an example that does not fit', () => {
  it('is refused for a value of the wrong type, with what came', () => {
    refuses(scalar('int32'), '5', /^value: expected int32, got the text "5"$/);
    refuses(scalar('int32'), null, /^value: expected int32, got null$/);
    refuses(scalar('int32'), 5n, /got the bigint 5n/);
    refuses(scalar('float32'), true, /got true/);
    refuses(scalar('bool'), 1, /expected bool, got the number 1/);
    refuses(scalar('bytes'), 'x', /expected bytes/);
    refuses(text(), 5, /expected text/);
    refuses(sequence(text()), 'abc', /expected an array, got the text "abc"/);
    refuses(sequence(text()), new Set(['a']), /expected an array, got a Set/);
    refuses(dataset(text()), 5, /expected an iterable/);
    refuses(record({ a: text() }), [1], /expected an object with the fields a, got an array of 1 values/);
    refuses(audio({ fileFormat: 'wav' }), 5, /the bytes or the path of a wav file/);
    refuses(translation({ languages: ['en'] }), { en: 5 }, /^value\/en: expected text/);
  });

  it('is refused for integers out of range', () => {
    const limits = {
      int8: [-129, 128],
      int16: [-32769, 32768],
      int32: [-2147483649, 2147483648],
      uint8: [-1, 256],
    } as const;
    for (const [dtype, values] of Object.entries(limits)) {
      for (const value of values)
        refuses(scalar(dtype as keyof typeof limits), value, new RegExp(`expected ${dtype}, got the number ${value}`));
    }
    refuses(scalar('uint16'), 65536, /expected uint16/);
    refuses(scalar('uint32'), -1, /expected uint32/);
    refuses(scalar('int32'), 1.5, /it has a fraction/);
    refuses(scalar('int32'), Number.NaN, /expected int32, got the number NaN/);
    refuses(scalar('int64'), 2n ** 63n, /expected int64/);
    refuses(scalar('uint64'), -1n, /expected uint64/);
    refuses(scalar('uint64'), -1, /expected uint64/);
    refuses(scalar('uint64'), 2n ** 64n, /expected uint64/);
  });

  it('is refused for a Number that may have been rounded', () => {
    refuses(scalar('int64'), 2 ** 53, /may have been rounded: use a bigint/);
    refuses(sequence(scalar('int64')), [1, 2 ** 60], /^value\[1\]: .*may have been rounded/);
    refuses(tensor({ dtype: 'int64', shape: [2] }), [1, 2 ** 60], /value 1 of the tensor: a Number beyond/);
  });

  it('is refused for floats that the type has no room for', () => {
    refuses(scalar('float32'), 1e39, /expected float32, got the number 1e\+39/);
    refuses(scalar('float32'), 3.4028235677973366e38, /expected float32/);
    refuses(scalar('float16'), 65520, /expected float16/);
    refuses(scalar('bfloat16'), 3.4e38, /expected bfloat16/);
  });

  it('is refused outside of the declared range, and for NaN there', () => {
    const ranged = scalar('float32', { range: [0, 1] });
    refuses(ranged, 1.5, /expected float32 from 0 to 1, got the number 1.5/);
    refuses(ranged, Number.NaN, /NaN is no number that the range allows/);
    refuses(scalar('int64', { range: [0, Infinity] }), -1n, /int64 from 0 to Infinity/);
    refuses(tensor({ dtype: 'float32', shape: [2], range: [0, 1] }), new Float32Array([0, 2]), /value 1 of the tensor/);
    refuses(tensor({ dtype: 'uint8', shape: [2], range: [0, 9] }), Uint8Array.of(1, 10), /value 1 of the tensor/);
    refuses(tensor({ dtype: 'int64', shape: [1], range: [0, 9] }), new BigInt64Array([10n]), /int64 from 0 to 9/);
    refuses(sequence(scalar('float64', { range: [0, 1] })), new Float64Array([Number.NaN]), /^value\[0\]: /);
  });

  it('is refused for a wrong shape', () => {
    const matrix = tensor({ dtype: 'float32', shape: [2, 3] });
    refuses(matrix, [1, 2, 3], /float32 values of shape \[2, 3\].*there are 3 values, not 6/);
    refuses(matrix, new Float32Array(7), /there are 7 values, not 6/);
    refuses(matrix, [[1, 2, 3]], /its shape is \[1, 3\]/);
    refuses(
      matrix,
      [
        [1, 2, 3],
        [4, 5],
      ],
      /its rows are not all of one length/,
    );
    refuses(matrix, { data: [1, 2, 3, 4, 5, 6], shape: [3, 2] }, /its shape is \[3, 2\]/);
    refuses(matrix, { data: [1, 2], shape: [2, 3] }, /means 6 values, there are 2/);
    refuses(matrix, new Float64Array(6), /got a Float64Array of 6 values/);
    refuses(matrix, { data: 'x', shape: [2, 3] }, /expected float32 values/);
    refuses(tensor({ dtype: 'int8', shape: [2, null] }), [1, 2, 3], /3 values are no multiple of 2/);
    refuses(tensor({ dtype: 'int8', shape: [null, null], encoding: 'zlib' }), [1, 2], /its shape is not known/);
    refuses(tensor({ dtype: 'bool', shape: [1] }), Uint8Array.of(2), /0 or 1 in a Uint8Array/);
    refuses(sequence(scalar('int8'), 3), [1, 2], /expected 3 elements.*there are 2/);
  });

  it('is refused for text that is no Unicode', () => {
    refuses(text(), 'a\ud800b', /has a lone surrogate/);
    refuses(text(), `${'long '.repeat(20)}\udc00`, /has a lone surrogate/);
    refuses(text(), Uint8Array.of(0xff, 0xfe), /they are not UTF-8/);
    refuses(sequence(text()), ['ok', '\ud800'], /^value\[1\]: .*lone surrogate/);
    refuses(tensor({ dtype: 'string', shape: [2] }), ['ok', '\ud800'], /value 1 of the tensor/);
  });

  it('is refused for a class that there is not, with the nearest name', () => {
    const label = classLabel({ names: ['left', 'center', 'right'] });
    assert.match(errorOf(label, 'centre').hint ?? '', /Did you mean 'center'\?/);
    refuses(label, 3, /expected a class \(a name, or 0 to 2\), got the number 3/);
    refuses(label, -2, /got the number -2/);
    refuses(label, 0.5, /got the number 0.5/);
    refuses(classLabel({ count: 4 }), 'left', /expected a class from 0 to 3/);
  });

  it('is refused for a box that is none', () => {
    refuses(boundingBox(), [0, 0, 1], /expected a box of four numbers/);
    refuses(boundingBox(), { ymin: 0, xmin: 0, ymax: 2, xmax: 1 }, /2 is not between 0 and 1/);
    refuses(boundingBox(), [0.5, 0, 0.4, 1], /a minimum exceeds its maximum/);
    refuses(boundingBox({ format: null }), [Number.NaN, 0, 0, 0], /NaN is no coordinate/);
  });

  it('is refused for an image that is none', () => {
    const digit = image({ shape: [2, 2, 1], encoding: 'png' });
    refuses(digit, new Uint8Array(3), /its bytes are no image/);
    refuses(digit, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), /its bytes are a JPEG/);
    refuses(image(), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), /its header is damaged/);
    refuses(digit, { data: new Uint8Array(6), shape: [2, 3, 1] }, /its shape is \[2, 3, 1\]/);
    refuses(digit, new Uint16Array(4), /expected an image of shape \[2, 2, 1\]/);
    refuses(digit, { path: '/no/such/file.png' }, /can't read \/no\/such\/file\.png/);
    refuses(digit, 'photo.png', /got the text "photo.png"/);
    refuses(image(), { data: new Uint8Array(3) }, /its height and width are not known/);
    refuses(image({ encoding: 'jpeg' }), { data: new Uint8Array(3), shape: [1, 1, 3] }, /were not prepared/);
    refuses(image({ shape: [1, 1, 1], dtype: 'float32' }), pngOfOnePixel(), /made from pixels only/);
    refuses(image({ shape: [null, null, 1] }), pngOfOnePixel(), /it has 3 channels/);
    refuses(image({ shape: [2, null, 3] }), pngOfOnePixel(), /it is 1 high and 1 wide/);
    refuses(image({ shape: [1, 1, 3], dtype: 'uint16' }), pngOfOnePixel(), /it has 8 bits a channel/);
    refuses(labelledImage({ labels: 3, shape: [1, 1, 1] }), pngOfOnePixel(), /it has 3 channels/);
    refuses(video({ shape: [null, 1, 1, 3] }), [pngOfOnePixel(), new Uint8Array(1)], /^value\[1\]: /);
  });

  it('is refused for a language that there is not', () => {
    refuses(translationVariableLanguages({ languages: ['en'] }), { fr: 'x' }, /'fr' is none of the languages/);
    refuses(translationVariableLanguages(), { fr: 5 }, /a text or texts for 'fr'/);
    refuses(translation({ languages: ['en', 'de'] }), { en: 'x' }, /^value\/de: expected text.*got nothing/);
  });

  it('is refused for a missing field, at any depth and in any order', () => {
    const schema = features({ a: scalar('int8'), user: record({ id: text(), age: optional(scalar('int8')) }) });
    assert.match(errorOfExample(schema, { a: 1 }).message, /^user: .*got nothing/);
    assert.match(errorOfExample(schema, { user: { age: 1 }, a: 1 }).message, /^user\/id: expected text.*got nothing/);
    assert.match(errorOfExample(schema, { a: undefined, user: { id: '' } }).message, /^a: expected int8, got nothing/);
    assert.match(errorOfExample(schema, {}).message, /^a: /);
    assert.match(errorOfExample(schema, null).message, /^the example: expected an object with the fields/);
  });

  it('is refused for a field that the schema has not, with the nearest name and without its value', () => {
    const schema = features({ id: text(), email: optional(text({ pii: 'email' })) });
    const error = errorOfExample(schema, { id: 'x', emial: 'private@example.com' });
    assert.equal(error.message, 'emial: the schema has no such field');
    assert.match(error.hint ?? '', /Did you mean 'email'\?/);
    assert.equal(error.at.field, 'emial');
  });

  it('says which element of which list it is', () => {
    const schema = features({ episodes: sequence(record({ steps: sequence(record({ reward: scalar('float32') })) })) });
    const good = { steps: [{ reward: 1 }] };
    const bad = { steps: [{ reward: 1 }, { reward: 2 }, { reward: 'x' }] };
    const error = errorOfExample(schema, { episodes: [good, { steps: [] }, bad] });
    assert.equal(error.at.field, 'episodes[2]/steps[2]/reward');
    const surplus = errorOfExample(schema, { episodes: [good, { steps: [{ reward: 1, rewrad: 2 }] }] });
    assert.equal(surplus.at.field, 'episodes[1]/steps[0]/rewrad');
    const optionals = features({ list: sequence(optional(record({ n: scalar('int8') }))) });
    assert.equal(errorOfExample(optionals, { list: [null, { n: 1 }, { n: 999 }] }).at.field, 'list[2]/n');
  });

  it('never shows what is private', () => {
    const schema = features({
      user: record({ id: text() }, { pii: 'user' }),
      age: optional(scalar('int8', { pii: 'age' })),
      label: classLabel({ names: ['secret-one'], pii: 'diagnosis' }),
      photo: image({ pii: 'face' }),
    });
    const good = { user: { id: 'x' }, age: 1, label: 0, photo: pngOfOnePixel() };
    for (const bad of [
      { user: { id: 1234567 } },
      { age: 1234567 },
      { label: '1234567' },
      { photo: { path: '/1234567.png' } },
    ]) {
      const error = errorOfExample(schema, { ...good, ...bad });
      assert.ok(!`${error.message} ${error.hint}`.includes('1234567'), `${error.message} ${error.hint}`);
    }
  });

  it('leaves the encoder ready for the next example', () => {
    const schema = features({ a: text(), list: sequence(scalar('int8')) });
    const encoder = createRowEncoder(schema);
    const [clean, used] = [new RowArena(1024), new RowArena(1024)];
    createRowEncoder(schema).encode({ a: 'x', list: [1] }, clean);
    assert.throws(() => encoder.encode({ a: 'y', list: [1, 'x'] } as never, used));
    encoder.encode({ a: 'x', list: [1] }, used);
    assert.deepEqual(used.bytes.subarray(32, used.position), clean.bytes.subarray(32, clean.position));
    assert.equal(used.view.getUint32(20, true), clean.view.getUint32(20, true));
  });
});

describe('a declaration that is wrong', () => {
  const wrong: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['an unknown dtype', () => scalar('int128' as never), /unknown dtype "int128"/],
    ['a range for text', () => text({ range: [0, 1] }), /a range can't bound its values/],
    ['a range upside down', () => scalar('int8', { range: [2, 1] }), /minimum <= maximum/],
    ['an empty description', () => text({ description: '' }), /description must be a text/],
    ['a negative dimension', () => tensor({ dtype: 'int8', shape: [-1] }), /whole number from 0 up or null/],
    ['two unknown dimensions', () => tensor({ dtype: 'int8', shape: [null, null] }), /needs an encoding/],
    ['encoded texts', () => tensor({ dtype: 'string', shape: [1], encoding: 'zlib' }), /can't be encoded/],
    [
      'an unknown dimension in a sequence',
      () => sequence(tensor({ dtype: 'int8', shape: [null] })),
      /unknown dimension can't be stored in a sequence/,
    ],
    ['no classes', () => classLabel({ names: [] }), /there are no names/],
    ['a repeated class', () => classLabel({ names: ['a', 'a'] }), /"a" comes twice/],
    ['a padded class', () => classLabel({ names: ['a '] }), /can't be a class name/],
    ['a names file that is not there', () => classLabel({ namesFile: '/no/such/file' }), /can't read the names file/],
    ['names and a count', () => classLabel({ names: ['a'], count: 1 } as never), /exactly one of/],
    [
      'JPEG with alpha',
      () => image({ shape: [null, null, 4], encoding: 'jpeg' }),
      /JPEG holds uint8 in 1 or 3 channels/,
    ],
    ['labels as JPEG', () => labelledImage({ labels: 2, encoding: 'jpeg' }), /would change labels/],
    ['an image of two dimensions', () => image({ shape: [28, 28] }), /\[height, width, channels\]/],
    ['an unknown box', () => boundingBox({ format: 'XX' as never }), /unknown format "XX"/],
    ['optional twice', () => optional(optional(text()) as never), /optional already/],
    ['a dtype for a feature', () => record({ a: 'int64' as never }), /expected a feature, got "int64"/],
    ['a field of digits', () => record({ '1': text() }), /changes its place/],
    [
      'a field named as tfds names nested sequences',
      () => record({ ragged_flat_values: text() }),
      /can't be the name of a field/,
    ],
    [
      'two fields of one key',
      () => createRowEncoder(features({ 'a/b': text(), a: record({ b: text() }) })),
      /two fields are stored under the key 'a\/b'/,
    ],
    [
      'leaves among each other',
      () => createRowEncoder(features({ 'a/b': text(), a: record({ a: text(), c: text() }) })),
      /lie among each other/,
    ],
    ['a schema that is no record', () => createRowEncoder(text()), /a schema is a record, got text/],
    ['a language twice', () => translation({ languages: ['en', 'en'] }), /comes twice/],
    ['a rate of zero', () => audio({ sampleRate: 0 }), /whole number above 0/],
    ['a video of three dimensions', () => video({ shape: [2, 2, 3] }), /\[frames, height, width, channels\]/],
  ];
  for (const [name, declare, message] of wrong) {
    it(`is refused: ${name}`, () => {
      assert.throws(declare, (error: unknown) => {
        assert.ok(error instanceof DatasetsError);
        assert.equal(error.code, 'FEATURE_INVALID');
        assert.match(error.message, message);
        assert.ok(error.hint);
        return true;
      });
    });
  }
});

function pngOfOnePixel(): Uint8Array {
  const base64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from '../../src/features/images/crc32.js';
import { decodePng } from '../../src/features/images/png-decoder.js';
import { encodePng } from '../../src/features/images/png-encoder.js';
import {
  createDecoder,
  createRowEncoder,
  features,
  finishRow,
  type ImageValue,
  image,
  imageEncoders,
  leavesOf,
  optional,
  RowArena,
  sequence,
  video,
} from '../../src/features/index.js';
import { createColumnBuilder } from '../../src/formats/index.js';
import { requireOracle, type Tensor, tensor } from '../oracle/index.js';
import { decodeRows, encodeRows } from './round-trip.js';

const samples = (count: number, top: number): number[] =>
  Array.from({ length: count }, (_, index) => (index * 2654435761) % top);

describe('PNG', () => {
  it('is decoded by TensorFlow to the pixels that were encoded, and the same here', async function () {
    const oracle = requireOracle(this);
    for (const channels of [1, 2, 3, 4]) {
      for (const [height, width] of [
        [1, 1],
        [28, 28],
        [33, 70],
        [200, 3],
      ] as const) {
        for (const wide of [false, true]) {
          const count = height * width * channels;
          // A smooth part, so that every filter is chosen somewhere, and a noisy one.
          const values = samples(count, wide ? 65536 : 256).map((value, at) =>
            at < count / 2 ? (at * (wide ? 257 : 1)) & (wide ? 65535 : 255) : value,
          );
          const data = wide ? Uint16Array.from(values) : Uint8Array.from(values);
          const encoded = encodePng({ data, height, width, channels });
          assert.deepEqual(decodePng(encoded), { data, height, width, channels });
          assert.deepEqual(
            encodePng({ data, height, width, channels }),
            encoded,
            'the same pixels give the same bytes',
          );
          const theirs = (await oracle.call('tf.decode_image', { data: encoded })) as Tensor;
          assert.deepEqual(theirs.shape, [height, width, channels]);
          // decode_image gives 8 bits: the high bytes.
          assert.deepEqual(Array.from(theirs.data as Uint8Array), wide ? values.map((value) => value >> 8) : values);
        }
      }
    }
  });

  it('written by TensorFlow is decoded to the same pixels', async function () {
    const oracle = requireOracle(this);
    for (const [dtype, channels] of [
      ['uint8', 1],
      ['uint8', 3],
      ['uint8', 4],
      ['uint16', 2],
      ['uint16', 3],
    ] as const) {
      const shape = [40, 31, channels];
      const values = samples(40 * 31 * channels, dtype === 'uint8' ? 256 : 65536);
      const data = dtype === 'uint8' ? Uint8Array.from(values) : Uint16Array.from(values);
      const encoded = (await oracle.call('tf.encode_image', { pixels: tensor(dtype, shape, data) })) as Uint8Array;
      assert.deepEqual(decodePng(encoded).data, data);
    }
  });

  it('of every colour type, depth and filter is decoded as TensorFlow decodes it', async function () {
    const oracle = requireOracle(this);
    const kinds = [
      [0, 1],
      [0, 2],
      [0, 4],
      [0, 8],
      [0, 16],
      [2, 8],
      [2, 16],
      [3, 1],
      [3, 2],
      [3, 4],
      [3, 8],
      [4, 8],
      [4, 16],
      [6, 8],
      [6, 16],
    ] as const;
    for (const [colourType, bitDepth] of kinds) {
      const png = handMadePng(colourType, bitDepth, 13, 9);
      const ours = decodePng(png);
      const theirs = (await oracle.call('tf.decode_image', { data: png })) as Tensor;
      assert.deepEqual(
        theirs.shape,
        [ours.height, ours.width, ours.channels],
        `colour type ${colourType}, ${bitDepth} bits`,
      );
      const bytes =
        ours.data instanceof Uint16Array ? Array.from(ours.data, (value) => value >> 8) : Array.from(ours.data);
      assert.deepEqual(Array.from(theirs.data as Uint8Array), bytes, `colour type ${colourType}, ${bitDepth} bits`);
    }
  });

  it('keeps any pixels', () => {
    const anyImage = fc
      .record({
        height: fc.integer({ min: 1, max: 70 }),
        width: fc.integer({ min: 1, max: 70 }),
        channels: fc.integer({ min: 1, max: 4 }),
      })
      .chain((size) =>
        fc.record({
          size: fc.constant(size),
          seed: fc.uint8Array({ minLength: 1, maxLength: 50 }),
          filtered: fc.boolean(),
        }),
      );
    fc.assert(
      fc.property(anyImage, ({ size, seed, filtered }) => {
        const { height, width, channels } = size;
        const data = Uint8Array.from(
          { length: height * width * channels },
          (_, index) => seed[index % seed.length] ?? 0,
        );
        assert.deepEqual(decodePng(encodePng({ data, height, width, channels }, filtered)).data, data);
      }),
      { numRuns: 60 },
    );
  });

  it('that is damaged is refused, whatever the damage', () => {
    const whole = encodePng({ data: Uint8Array.from(samples(300, 256)), height: 10, width: 10, channels: 3 });
    for (let length = 0; length < whole.length; length += 3) {
      assert.throws(() => decodePng(whole.subarray(0, length)), { code: 'DATA_CORRUPT' });
    }
    const filter = whole.slice();
    filter[25] = 5;
    assert.throws(() => decodePng(filter), { code: 'DATA_CORRUPT', message: /colour type 5/ });
    const wider = whole.slice();
    wider[19] = 200;
    assert.throws(() => decodePng(wider), { code: 'DATA_CORRUPT' });
    const smaller = whole.slice();
    smaller[19] = 1;
    assert.throws(() => decodePng(smaller), { code: 'DATA_CORRUPT' });
  });

  it('and JPEG encoders are named with what their bytes depend on', () => {
    assert.match(imageEncoders.png, /^ailab-png \d+, zlib [\d.]+\S* \w+$/);
    assert.match(imageEncoders.jpeg, /^sharp \d+\.\d+\.\d+, quality 95$/);
  });

  it('that is interlaced is refused by name', () => {
    const interlaced = handMadePng(0, 8, 4, 4).slice();
    interlaced[28] = 1;
    assert.throws(() => decodePng(interlaced), { code: 'UNSUPPORTED', message: /interlaced/ });
  });
});

describe('an image of a decoded example', () => {
  const schema = features({ value: image({ shape: [null, null, 3] }) });
  const decoded = (encoded: Uint8Array, as = schema) =>
    (decodeRows(as, encodeRows(as, [{ value: encoded }]))[0] as { value: ImageValue }).value;

  it('gives its bytes and shape without decoding, and pixels of its own', () => {
    const data = Uint8Array.from(samples(5 * 4 * 3, 256));
    const encoded = encodePng({ data, height: 5, width: 4, channels: 3 });
    const value = decoded(encoded);
    assert.deepEqual([value.encoded, value.encoding, value.shape], [encoded, 'png', [5, 4, 3]]);
    assert.deepEqual(value.data, data);
    // A file whose pixels are damaged still gives its bytes and its shape.
    const damaged = encoded.slice();
    damaged.fill(0, 45);
    assert.deepEqual(decoded(damaged).shape, [5, 4, 3]);
    assert.throws(() => decoded(damaged).data, { code: 'DATA_CORRUPT' });
  });

  it('is brought to the channels of the schema as TensorFlow does', async function () {
    const oracle = requireOracle(this);
    for (const stored of [1, 2, 3, 4]) {
      for (const wanted of [1, 3, 4]) {
        if (stored >= 3 && wanted === 1) continue;
        const data = Uint8Array.from(samples(6 * stored, 256));
        const encoded = encodePng({ data, height: 2, width: 3, channels: stored });
        const value = decoded(encoded, features({ value: image({ shape: [null, null, wanted] }) }) as never);
        const theirs = (await oracle.call('tf.decode_image', { data: encoded, channels: wanted })) as Tensor;
        assert.deepEqual(
          Array.from(value.data),
          Array.from(theirs.data as Uint8Array),
          `${stored} to ${wanted} channels`,
        );
      }
    }
  });

  it('is taken from a file by its path or URL', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-images-'));
    try {
      const encoded = encodePng({ data: Uint8Array.of(1, 2, 3), height: 1, width: 1, channels: 3 });
      writeFileSync(join(folder, 'one.png'), encoded);
      const path = join(folder, 'one.png');
      for (const value of [{ path }, { path: pathToFileURL(path) }]) {
        assert.deepEqual(decoded(value as never).encoded, encoded);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('of a format that is not decoded here gives its bytes', () => {
    const gif = new Uint8Array(Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'));
    const value = decoded(gif);
    assert.deepEqual([value.encoded, value.encoding], [gif, 'gif']);
    assert.throws(() => value.data, { code: 'UNSUPPORTED', message: /format gif/ });
  });
});

describe('JPEG', () => {
  const schema = features({
    one: image({ shape: [16, 16, 3], encoding: 'jpeg' }),
    many: sequence(image({ shape: [16, 16, 1], encoding: 'jpeg' })),
    maybe: optional(image({ shape: [null, null, 3], encoding: 'jpeg' })),
    clip: video({ shape: [null, 16, 16, 3], encoding: 'jpeg' }),
  });
  const smooth = (channels: number) =>
    Uint8Array.from({ length: 16 * 16 * channels }, (_, index) => Math.floor(index / channels / 16) * 15);
  const example = {
    one: smooth(3),
    many: [smooth(1), { data: smooth(1), shape: [16, 16, 1] }],
    maybe: null,
    clip: { data: Uint8Array.from([...smooth(3), ...smooth(3)]), shape: [2, 16, 16, 3] },
  };

  async function decodeAll() {
    const encoder = createRowEncoder(schema);
    const arena = new RowArena(1 << 16);
    const prepared = await encoder.prepare?.(example);
    assert.ok(prepared !== undefined);
    encoder.encode(prepared, arena);
    finishRow(arena, 0, 0, 'k');
    const builder = createColumnBuilder(leavesOf(schema));
    builder.appendRow(arena.view, arena.bytes, 0);
    return builder.finish();
  }

  it('is made of pixels by prepare, and decoded by prepare or by pixels()', async () => {
    const batch = await decodeAll();
    const decoder = createDecoder(schema);
    const before = decoder.rows(batch).get(0);
    assert.deepEqual([before.one.encoding, before.one.shape], ['jpeg', [16, 16, 3]]);
    assert.throws(() => before.one.data, { code: 'UNSUPPORTED', message: /JPEG/ });
    const close = (ours: ArrayLike<number>, expected: ArrayLike<number>) => {
      assert.equal(ours.length, expected.length);
      for (let index = 0; index < ours.length; index++) {
        assert.ok(
          Math.abs((ours[index] ?? 0) - (expected[index] ?? 0)) <= 4,
          `pixel ${index}: ${ours[index]} for ${expected[index]}`,
        );
      }
    };
    close((await before.one.pixels()).data, smooth(3));
    await decoder.prepare?.(batch);
    const after = decoder.rows(batch).get(0);
    close(after.one.data, smooth(3));
    assert.equal(after.maybe, null);
    assert.deepEqual(
      after.many.map(({ shape }) => shape),
      [
        [16, 16, 1],
        [16, 16, 1],
      ],
    );
    for (const grey of after.many) close(grey.data, smooth(1));
    for (const frame of after.clip) close(frame.data, smooth(3));
  });

  it('is decoded by TensorFlow to nearly the pixels that were encoded', async function () {
    const oracle = requireOracle(this);
    const { one } = createDecoder(schema)
      .rows(await decodeAll())
      .get(0);
    const theirs = (await oracle.call('tf.decode_image', { data: one.encoded })) as Tensor;
    assert.deepEqual(theirs.shape, [16, 16, 3]);
    const expected = smooth(3);
    for (const [index, pixel] of (theirs.data as Uint8Array).entries()) {
      assert.ok(Math.abs(pixel - (expected[index] ?? 0)) <= 4);
    }
  });

  it('needs no preparation where a schema holds none', () => {
    assert.equal(createRowEncoder(features({ value: image({ encoding: 'png' }) })).prepare, undefined);
    assert.equal(createDecoder(features({ value: image({ encoding: 'png' }) })).prepare, undefined);
  });

  it('that is not one is refused where it stands, after prepare as before', async () => {
    const encoder = createRowEncoder(features({ list: sequence(image({ shape: [2, 2, 3], encoding: 'jpeg' })) }));
    const prepared = await encoder.prepare?.({
      list: [encodePng({ data: smooth(3), height: 16, width: 16, channels: 3 })],
    });
    assert.throws(() => encoder.encode(prepared ?? { list: [] }, new RowArena(64)), {
      code: 'EXAMPLE_INVALID',
      message: /^list\[0\]: .*a PNG/,
    });
  });
});

/** A PNG made field by field, with each row under another filter, for kinds that no encoder at hand writes. */
function handMadePng(colourType: number, bitDepth: number, width: number, height: number): Uint8Array {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType] ?? 0;
  const rowBytes = Math.ceil((width * channels * bitDepth) / 8);
  // Any bytes are a valid row under any filter; for a palette all indexes must exist, so only filter 0 is safe there.
  const rows = Uint8Array.from({ length: (rowBytes + 1) * height }, (_, at) => {
    const row = Math.floor(at / (rowBytes + 1));
    if (at % (rowBytes + 1) === 0) return colourType === 3 ? 0 : row % 5;
    return (at * 97 + row * 31) & 255;
  });
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header[8] = bitDepth;
  header[9] = colourType;
  const palette = Uint8Array.from({ length: 3 * 2 ** Math.min(8, bitDepth) }, (_, index) => (index * 53) & 255);
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', header),
    ...(colourType === 3 ? chunk('PLTE', palette) : []),
    ...chunk('IDAT', deflateSync(rows)),
    ...chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(Buffer.from(type), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes, 4, 8 + content.length));
  return bytes;
}

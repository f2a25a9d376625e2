import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import type { BeamIterable, BeamValue } from '../../../../src/engines/beam/coders/beam-value.js';
import type { Coder } from '../../../../src/engines/beam/coders/coder.js';
import { ElementReader, TruncatedElement } from '../../../../src/engines/beam/coders/element-reader.js';
import { ElementWriter } from '../../../../src/engines/beam/coders/element-writer.js';
import { Coders } from '../../../../src/engines/beam/coders/make-coders.js';
import { globalHeader } from '../../../../src/engines/beam/coders/windowed-coder.js';
import { CoderSchema } from '../../../../src/engines/beam/protos/pipeline/v1/beam_runner_api_pb.js';

const coder = (urn: string, componentCoderIds: string[] = [], payload = new Uint8Array()) =>
  create(CoderSchema, { spec: { urn: `beam:coder:${urn}:v1`, payload }, componentCoderIds });

const state = {
  readPages: () => {
    throw new Error('nothing is kept');
  },
};

const coders = new Coders(
  {
    bytes: coder('bytes'),
    pair: coder('kv', ['bytes', 'bytes']),
    prefixed: coder('length_prefix', ['pair']),
    deep: coder('kv', ['prefixed', 'pair']),
    values: coder('iterable', ['deep']),
    group: coder('kv', ['bytes', 'values']),
    window: coder('global_window'),
    windowed: coder('windowed_value', ['bytes', 'window']),
    // The header that all elements have, and an element of no bytes.
    common: coder('param_windowed_value', ['bytes', 'window'], Buffer.concat([globalHeader, Buffer.from([0])])),
  },
  state,
);

const bytes = fc.uint8Array({ maxLength: 300 });
const deep = fc.tuple(fc.tuple(bytes, bytes), fc.tuple(bytes, bytes));

function encode(by: Coder, value: BeamValue): Uint8Array {
  const writer = new ElementWriter();
  by.encode(value, writer);
  return writer.take();
}

describe("Beam's coders", () => {
  // https://github.com/apache/beam/blob/v2.77.0/model/fn-execution/src/main/resources/org/apache/beam/model/fnexecution/v1/standard_coders.yaml
  it('encode as the standard says', () => {
    const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');
    const hex = (by: Coder, value: BeamValue): string => Buffer.from(encode(by, value)).toString('latin1');
    assert.equal(hex(coders.element('bytes'), text('abc')), '\x03abc');
    assert.equal(hex(coders.element('bytes'), text('10'.repeat(100))), `\xc8\x01${'10'.repeat(100)}`);
    assert.equal(hex(coders.element('pair'), [text('ab'), text('\0c')]), '\x02ab\x02\0c');
    assert.equal(hex(coders.element('prefixed'), [text('a'), text('')]), '\x03\x01a\0');
  });

  it('decode what they encoded, and skip it', () => {
    fc.assert(
      fc.property(deep, deep, (first, second) => {
        const by = coders.element('deep');
        const both = Buffer.concat([encode(by, first), encode(by, second)]);
        const reader = new ElementReader(both);
        assert.deepEqual(plain(by.decode(reader)), plain(first));
        assert.deepEqual(plain(by.decode(reader)), plain(second));
        assert.ok(reader.done);
        const skipping = new ElementReader(both);
        by.skip(skipping);
        assert.deepEqual(plain(by.decode(skipping)), plain(second));
      }),
    );
  });

  it('tell an element that is cut off anywhere from one that is whole', () => {
    fc.assert(
      fc.property(deep, fc.nat(), (value, cut) => {
        const by = coders.element('deep');
        const whole = encode(by, value);
        const cutOff = new ElementReader(whole.subarray(0, cut % whole.length));
        assert.throws(() => by.decode(cutOff), TruncatedElement);
      }),
    );
  });

  it('pass the values of a key on as they came', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(deep, { maxLength: 20 }), async (key, values) => {
        const count = Buffer.alloc(4);
        count.writeInt32BE(values.length);
        const encoded = values.map((value) => encode(coders.element('deep'), value));
        const element = Buffer.concat([encode(coders.element('bytes'), key), count, ...encoded]);
        const by = coders.element('group');
        const decoded = by.decode(new ElementReader(element)) as [Uint8Array, BeamIterable];
        const found: unknown[] = [];
        for await (const value of decoded[1]) found.push(plain(value));
        assert.deepEqual(found, values.map(plain));
        assert.deepEqual(Buffer.from(encode(by, decoded)), element);
      }),
    );
  });

  it('leave out the header that all elements of a channel have', () => {
    const common = coders.windowed('common');
    const writer = new ElementWriter();
    common.encode(globalHeader, Buffer.from('x'), writer);
    const encoded = writer.take();
    assert.deepEqual(Buffer.from(encoded), Buffer.from('\x01x'));
    assert.deepEqual(plain(common.decode(new ElementReader(encoded))), [...Buffer.from('x')]);
    assert.deepEqual(Buffer.from(common.header), Buffer.from(globalHeader));
    coders.windowed('windowed').encode(common.header, Buffer.from('x'), writer);
    assert.deepEqual(Buffer.from(writer.take()), Buffer.concat([globalHeader, Buffer.from('\x01x')]));
  });

  it('refuse what they can not encode', () => {
    assert.throws(() => encode(coders.element('bytes'), [Buffer.from('a'), Buffer.from('b')]), /should be bytes/);
    assert.throws(() => encode(coders.element('pair'), Buffer.from('a')), /should be a pair/);
    assert.throws(() => coders.windowed('bytes'), /UNSUPPORTED|does not know/);
  });
});

/** Arrays of numbers, whatever kind of bytes it was. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  return Array.isArray(value) ? value.map(plain) : value;
}

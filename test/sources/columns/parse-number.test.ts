import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NumberParser } from '../../../src/sources/columns/parse-number.js';

describe('numbers from bytes', () => {
  /** Reads a text that begins after a number and ends before another, and before the end of the bytes alone. */
  function read(text: string): number {
    const alone = numberIn(Buffer.from(text), 0, text.length);
    const among = numberIn(Buffer.from(`8${text},123456789.5\n`), 1, 1 + text.length);
    assert.ok(Object.is(alone, among), `${text} is ${alone} at the end, and ${among} before something else`);
    return alone;
  }

  function requireSame(text: string): void {
    const found = read(text);
    assert.ok(Object.is(found, Number(text)), `${text} is ${Number(text)}, but was read as ${found}`);
  }

  it('are those of Number where it is hard', () => {
    const ties = [
      '9007199254740993',
      '9007199254740992.5',
      '9007199254740993.0',
      '4503599627370497.5',
      '1.00000000000000011102230246251565',
    ];
    const besideTies = [
      '1.00000000000000011102230246251564',
      '1.00000000000000011102230246251566',
      '9007199254740993.000000001',
      '9007199254740992.9999999',
      '6929495644600919.5',
      '3.518437208883201171875e13',
    ];
    const powersOfTwo = [
      '18014398509481984',
      '1.7976931348623157e308',
      '4.450147717014403e-308',
      '0.000030517578125',
      '1.1754943508222875e-38',
    ];
    const boundaries = [
      '1e22',
      '1e23',
      '1e-22',
      '1e-23',
      '123456789012345e22',
      '1234567890123456e22',
      '9e-290',
      '1e-291',
      '1e280',
      '1e281',
      '1e297',
      '9.999999999999999e307',
    ];
    const beyond = [
      '1e309',
      '-1e999999',
      '1e-400',
      '5e-324',
      '2.4703282292062327208e-324',
      '2.2250738585072011e-308',
      '2.2250738585072014e-308',
      '1e99999999999',
    ];
    const torture = [
      '8.5',
      '0.1',
      '-0',
      '-0.0',
      '0e5',
      '-0e-999',
      '5e-1',
      '.5',
      '5.',
      '+1',
      '+.5e-3',
      '007',
      '0.500',
      '1e+5',
      '1E-05',
      '8.41e+21',
      '2.0919495182368195e19',
      '7.3177701707893310e15',
      '89255e-22',
      '104110013277974872254e-225',
      '3.08984926168550152811e-32',
      '123456789012345678901234567890',
      '0.123456789012345678901234567890',
      '000000000000000000000012.5',
      '00000000000012.3456789',
      '1234567890123.4567890123456789',
      '0.00000000000000000000000012345678901234567',
      '123456789.',
      '123456789012345.',
      '1234567890123456.',
    ];
    for (const text of [...ties, ...besideTies, ...powersOfTwo, ...boundaries, ...beyond, ...torture]) {
      requireSame(text);
      if (/^[.\d]/.test(text)) requireSame(`-${text}`);
    }
  });

  it('are not found in anything else', () => {
    const others = [
      '',
      '-',
      '+',
      '.',
      '-.',
      'e5',
      '.e5',
      '1e',
      '1e+',
      '1.5e-',
      'nan',
      'NaN',
      'inf',
      'Infinity',
      ' 1',
      '1 ',
      '0x1f',
      '1_000',
      '1,5',
      '1.2.3',
      '--1',
      '+-1',
      '1e5e3',
      '1e5.5',
      '1f',
      '\u0661',
      '1\u0661',
      '12345678\u00b9',
    ];
    for (const text of others) assert.ok(Number.isNaN(numberIn(Buffer.from(text), 0, Buffer.byteLength(text))), text);
  });

  it('are those of Number, whatever the double and however it is printed', () => {
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(doubles, fc.integer({ min: 1, max: 30 }), (value, digits) => {
        for (const text of [String(value), value.toPrecision(digits), value.toExponential(digits)]) requireSame(text);
        if (Math.abs(value) < 1e21) requireSame(value.toFixed(digits));
      }),
      { numRuns: 3000 },
    );
  });

  it('are those of Number, whatever the digits', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 32 }).map((all) => all.join(''));
    const exponent = fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.integer({ min: 0, max: 340 })));
    fc.assert(
      fc.property(
        fc.constantFrom('', '-', '+'),
        digits,
        fc.option(digits),
        exponent,
        (sign, whole, fraction, power) => {
          if (whole === '' && (fraction ?? '') === '') return;
          requireSame(`${sign}${whole}${fraction === null ? '' : `.${fraction}`}${power?.join('') ?? ''}`);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('are decided without Number but for one in a thousand', () => {
    const texts = randomDoubles(100_000).flatMap((value) => [String(value), value.toExponential(18)]);
    const parser = new NumberParser();
    const bytes = Buffer.from(texts.join(','));
    let at = 0;
    for (const text of texts) {
      const value = parser.parse(bytes, at, bytes.length);
      if (!Object.is(value, Number(text))) assert.fail(`${text} was read as ${value}`);
      assert.equal(parser.end, at + text.length);
      at = parser.end + 1;
    }
    assert.ok(parser.undecided < texts.length / 1000, `${parser.undecided} of ${texts.length} were left to Number`);
  });

  it('end where something else begins', () => {
    const parser = new NumberParser();
    const bytes = Buffer.from('12,-3.25e2}0.12345678901234565,"9007199254740993"x1e400]');
    for (const [at, value, end] of [
      [0, 12, 2],
      [3, -325, 10],
      [11, 0.12345678901234565, 30],
      [32, 9007199254740992, 48],
      [50, Number.POSITIVE_INFINITY, 55],
    ] as const) {
      assert.equal(parser.parse(bytes, at, bytes.length), value);
      assert.equal(parser.end, end);
    }
    assert.equal(parser.parse(bytes, 0, 1), 1);
    assert.equal(parser.end, 1);
  });

  it('of JSON are those that JSON.parse takes', () => {
    const parser = new NumberParser('json');
    const pieces = fc.constantFrom(
      '0',
      '1',
      '9',
      '00',
      '123456789',
      '012345678',
      '1234567890123456',
      '-',
      '+',
      '.',
      'e',
      'E',
    );
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 6 }), (some) => {
        const text = some.join('');
        const found = parser.parse(Buffer.from(text), 0, text.length);
        const isWhole = !Number.isNaN(found) && parser.end === text.length;
        assert.ok(Object.is(isWhole ? found : undefined, parsed(text)), text);
      }),
      { numRuns: 20_000 },
    );
  });
});

/** The number that `bytes[from .. to)` is; NaN where it is none. */
function numberIn(bytes: Uint8Array, from: number, to: number): number {
  const parser = new NumberParser();
  const value = parser.parse(bytes, from, to);
  return parser.end === to ? value : Number.NaN;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Doubles between 1e-270 and 1e280 of either sign: every exponent is as likely as another. The same ones every time. */
function randomDoubles(count: number): number[] {
  const doubles: number[] = [];
  const bits = new Uint32Array(2);
  const value = new Float64Array(bits.buffer);
  let state = 1;
  const next = () => {
    // xorshift (Marsaglia, 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  while (doubles.length < count) {
    bits[0] = next();
    bits[1] = next();
    const [double = 0] = value;
    const size = Math.abs(double);
    if (size > 1e-270 && size < 1e280) doubles.push(double);
  }
  return doubles;
}

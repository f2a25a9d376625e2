import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csv } from '../../src/sources/index.js';
import { hasOddQuotes } from '../../src/sources/text/quote-parity.js';
import { QuotedEnds } from '../../src/sources/text/record-ends.js';
import { TemporaryFolder } from './read-all.js';

const quote = 0x22;
const lineFeed = 0x0a;

/** Where a file is cut, told byte by byte: behind the first line feed outside quotes at or after each multiple of `rangeBytes`. */
function cutsOf(bytes: Uint8Array, rangeBytes: number): readonly number[] {
  const cuts: number[] = [];
  let inside = false;
  let target = rangeBytes;
  for (const [at, byte] of bytes.entries()) {
    if (byte === quote) inside = !inside;
    if (byte !== lineFeed || inside || at + 1 < target) continue;
    cuts.push(at + 1);
    target = (Math.floor((at + 1) / rangeBytes) + 1) * rangeBytes;
  }
  return cuts.filter((cut) => cut < bytes.length);
}

/** Whether its last byte is a line feed outside quotes. */
function isEnded(bytes: Uint8Array): boolean {
  return bytes.at(-1) === lineFeed && bytes.filter((byte) => byte === quote).length % 2 === 0;
}

function shardNames(name: string, size: number, cuts: readonly number[]): readonly string[] {
  if (cuts.length === 0) return [name];
  return [0, ...cuts].map((from, i) => `${name} bytes ${from}-${cuts[i] ?? size}`);
}

const text = (...parts: readonly string[]) => fc.array(fc.constantFrom(...parts), { maxLength: 60 });
const dense = text('"', '""', 'a', ',', '\n', '\r\n', 'é', '"x\ny"');
const sparse = text('a,b\n', 'longer fields,of,a record\n', `${'x'.repeat(999)}\n`, '"x\ny"\n', '"');

describe('csv with quoted fields is cut where', () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  async function checkCuts(content: Buffer, rangeBytes: number): Promise<void> {
    const name = folder.write('split.csv', content);
    const shards = await csv(name, { header: ['a'], rangeBytes }).split(folder.context);
    const expected = content.length <= rangeBytes ? [] : cutsOf(content, rangeBytes);
    assert.deepEqual(
      shards.map(({ id }) => id),
      shardNames(name, content.length, expected),
    );
  }

  it('a look at every byte finds the ends of records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(dense, sparse), fc.integer({ min: 1, max: 400 }), (parts, rangeBytes) =>
        checkCuts(Buffer.from(parts.join('')), rangeBytes),
      ),
      { numRuns: 200 },
    );
  });

  it('the same is found in files that are read in several pieces', async () => {
    const large = fc.record({
      parts: fc.oneof(dense, sparse).filter((some) => some.length > 0),
      kilobytes: fc.integer({ min: 60, max: 700 }),
      rangeBytes: fc.integer({ min: 10_000, max: 400_000 }),
    });
    await fc.assert(
      fc.asyncProperty(large, ({ parts, kilobytes, rangeBytes }) =>
        checkCuts(Buffer.alloc(kilobytes * 1000, parts.join('')), rangeBytes),
      ),
      { numRuns: 40 },
    );
  });

  it('nobody looks any more when the build is interrupted', async () => {
    const name = folder.write('long.csv', Buffer.alloc(9 << 20, 'a,b\n'));
    const interruption = new AbortController();
    const source = csv(name, { header: ['a', 'b'], rangeBytes: 1 << 20 });
    setImmediate(() => interruption.abort());
    const split = source.split({ ...folder.context, signal: interruption.signal });
    await assert.rejects(async () => split, { code: 'INTERRUPTED' });
  });

  it('blocks of any size are, so that each ends with a record', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(dense, sparse), sizes, (parts, blockSizes) => {
        const content = Buffer.from(parts.join(''));
        const ends = [0, ...cutsOf(content, 1), ...(isEnded(content) ? [content.length] : [])];
        const finder = new QuotedEnds();
        for (let from = 0, i = 0; from < content.length; i++) {
          const to = Math.min(content.length, from + (blockSizes[i % blockSizes.length] ?? 1));
          const last = ends.findLast((end) => end > from && end <= to);
          assert.equal(finder.lastEnd(content.subarray(from, to)), last === undefined ? 0 : last - from);
          from = to;
        }
      }),
    );
  });

  it('the number of quotes is told to be odd, whatever the bytes around them are', () => {
    const bytes = fc.array(
      fc.oneof(fc.constant(quote), fc.constantFrom(0x21, 0x23, 0xa2, 0x00, 0x80, 0xff), fc.nat(255)),
    );
    fc.assert(
      fc.property(bytes, fc.nat(8), fc.nat(), fc.nat(), (values, shift, a, b) => {
        // A view at any offset into its memory.
        const view = Buffer.from([...new Array<number>(shift).fill(quote), ...values]).subarray(shift);
        const [from, to] = [a % (values.length + 1), b % (values.length + 1)].sort((x, y) => x - y) as [number, number];
        const count = values.slice(from, to).filter((value) => value === quote).length;
        assert.equal(hasOddQuotes(view, from, to), count % 2 === 1);
      }),
    );
  });
});

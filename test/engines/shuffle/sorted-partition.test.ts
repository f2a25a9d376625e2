import assert from 'node:assert/strict';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openSortedPartition, PartitionWriter, slicesOf } from '../../../src/engines/shuffle/index.js';
import { encodeValue } from '../../../src/values/index.js';
import { liveBytes } from '../../memory.js';
import { skip } from '../../oracle/index.js';
import { temporaryDirectory } from '../temporary-directory.js';

type Triple = readonly [side: number, key: unknown, value: unknown];
interface Group {
  readonly key: unknown;
  readonly values: readonly unknown[];
  readonly others: readonly unknown[];
}

const compareEncoded = (a: unknown, b: unknown) => Buffer.compare(encodeValue(a), encodeValue(b));

/** What a shuffle must give, by plain JavaScript. */
function expectedGroups(triples: readonly Triple[]): Group[] {
  const groups = new Map<string, { key: unknown; values: unknown[]; others: unknown[] }>();
  for (const [side, key, value] of triples) {
    const id = Buffer.from(encodeValue(key)).toString('hex');
    const group = groups.get(id) ?? { key, values: [], others: [] };
    groups.set(id, group);
    (side === 0 ? group.values : group.others).push(value);
  }
  for (const group of groups.values()) {
    group.values.sort(compareEncoded);
    group.others.sort(compareEncoded);
  }
  return [...groups.values()].sort((a, b) => compareEncoded(a.key, b.key));
}

describe('a shuffle', () => {
  const directory = temporaryDirectory();

  function write(parts: readonly (readonly Triple[])[], partitions: number, bufferBytes: number, sided: boolean) {
    return parts.map((part, index) => {
      const writer = new PartitionWriter({ file: join(directory(), `run-${index}`), partitions, bufferBytes });
      for (const [side, key, value] of part) sided ? writer.addToSide(side, key, value) : writer.addPair(key, value);
      return writer.finish();
    });
  }

  function readGroups(
    runs: ReturnType<typeof write>,
    partitions: number,
    bufferBytes: number,
    sided: boolean,
  ): Group[] {
    const groups: Group[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      const options = { bufferBytes, directory: directory(), name: `p${partition}`, sided };
      const sorted = openSortedPartition(slicesOf(runs, partition), options);
      const open = [];
      for (let group = sorted.next(); group !== undefined; group = sorted.next()) open.push(group);
      // Read only now, twice and interleaved: groups must stay readable, however many there are.
      for (const { key, values, others, count, otherCount } of open) {
        const read = { key, values: [...values], others: [...others] };
        assert.deepEqual([...values], read.values);
        const [first] = values;
        assert.deepEqual(first, read.values[0]);
        assert.deepEqual([read.values.length + read.others.length, read.others.length], [count, otherCount]);
        groups.push(read);
      }
      sorted.close();
    }
    return groups.sort((a, b) => compareEncoded(a.key, b.key));
  }

  const key = fc.oneof(
    fc.nat(5),
    fc.string({ maxLength: 3 }),
    fc.constantFrom('a'.repeat(40), 'a'.repeat(41), `${'a'.repeat(40)}b`),
  );
  const value = fc.oneof(
    fc.nat(300),
    fc.string({ maxLength: 80 }),
    fc.constant('x'.repeat(700)),
    fc.record({ a: fc.nat(3), b: fc.string({ maxLength: 2 }) }, { noNullPrototype: true }),
  );
  const triples = fc.array(fc.tuple(fc.nat(1), key, value), { maxLength: 120 });

  it('sorts many equal records among others, however long they are', () => {
    // Sizes around the four bytes that are compared at a time.
    for (const shared of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
      const triples = Array.from({ length: 600 }, (_, i): Triple => [0, `${shared}${'xyz'[i % 3]}`, 1]);
      const runs = write([triples], 1, 1 << 20, false);
      assert.deepEqual(readGroups(runs, 1, 1 << 20, false), expectedGroups(triples));
    }
    const elements = Array.from({ length: 600 }, (_, i): Triple => [0, i % 11, null]);
    assert.deepEqual(readGroups(write([elements], 1, 1 << 20, false), 1, 1 << 20, false), expectedGroups(elements));
  });

  it('gathers every value under its key, sorted by bytes, whatever the buffer, the runs and the partitions', () => {
    fc.assert(
      fc.property(
        fc.array(triples, { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(64, 500, 4000, 1 << 20),
        fc.boolean(),
        (parts, partitions, bufferBytes, sided) => {
          const runs = write(parts, partitions, bufferBytes, sided);
          const all = parts.flat().map(([side, k, v]): Triple => [sided ? side : 0, k, v]);
          assert.deepEqual(readGroups(runs, partitions, bufferBytes, sided), expectedGroups(all));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('sorts many records that differ late, early, or not at all', () => {
    const prefix = 'the same beginning for all of them, ';
    const part = Array.from(
      { length: 5000 },
      (_, i): Triple => [0, `${prefix}${(i * 7919) % 500}`, i % 3 === 0 ? prefix : i % 11],
    );
    const runs = write([part], 3, 1 << 20, false);
    assert.deepEqual(readGroups(runs, 3, 1 << 20, false), expectedGroups(part));
  });

  it('merges in rounds when there are more sorted runs than can be merged at once', () => {
    const part = Array.from({ length: 3000 }, (_, i): Triple => [0, i % 7, `value ${(i * 31) % 3000}`]);
    const runs = write([part], 1, 1 << 20, false);
    assert.deepEqual(readGroups(runs, 1, 300, false), expectedGroups(part));
    assert.deepEqual(readdirSync(directory()), ['run-0'], 'sorting leaves no files');
  });

  it('reads a key with a million values in bounded memory, twice', () => {
    const count = 1_000_000;
    const bufferBytes = 1 << 20;
    const writer = new PartitionWriter({ file: join(directory(), 'run'), partitions: 64, bufferBytes });
    for (let i = 0; i < count; i++)
      writer.addPair('the key', { n: (i * 48271) % count, text: 'some text to make it larger' });
    const runs = [writer.finish()];
    const before = liveBytes();
    let peak = before;
    for (let partition = 0; partition < 64; partition++) {
      const slices = slicesOf(runs, partition);
      if (slices.length === 0) continue;
      const sorted = openSortedPartition(slices, { bufferBytes, directory: directory(), name: 'p', sided: false });
      const group = sorted.next();
      assert(group !== undefined);
      assert.equal(group.count, count);
      for (let round = 0; round < 2; round++) {
        let sum = 0;
        let read = 0;
        for (const item of group.values as Iterable<{ n: number }>) {
          sum += item.n;
          if (++read % 50_000 === 0) peak = Math.max(peak, liveBytes());
        }
        assert.equal(read, count);
        assert.equal(sum, (count * (count - 1)) / 2);
      }
      assert.equal(sorted.next(), undefined);
      sorted.close();
    }
    // The values are 60 MB in spill and more as objects; a few buffers of a megabyte are enough.
    assert(peak - before < 16 * 2 ** 20, `${Math.round((peak - before) / 2 ** 20)} MiB more`);
  });

  it('says so when a spill file was cut short', () => {
    const runs = write([[[0, 'a', 'b']]], 1, 1000, false);
    const [slice] = slicesOf(runs, 0);
    assert(slice !== undefined);
    const options = { bufferBytes: 1000, directory: directory(), name: 'p', sided: false };
    assert.throws(() => openSortedPartition([{ ...slice, bytes: slice.bytes + 5 }], options), {
      code: 'DATA_CORRUPT',
      message: /ends 5 bytes too soon/,
    });
  });

  it('says so when the disk is full', function () {
    if (!existsSync('/dev/full')) skip(this, 'this system has no /dev/full');
    // A link, because a failed writer deletes its file.
    const file = join(directory(), 'full');
    symlinkSync('/dev/full', file);
    const writer = new PartitionWriter({ file, partitions: 2, bufferBytes: 10 });
    assert.throws(() => writer.addPair('key', 'value'), { code: 'STORAGE_FULL', at: { file } });
    writer.abort();
    assert.deepEqual(readdirSync(directory()), []);
  });

  it('refuses elements that are no values, and goes on after them', () => {
    const writer = new PartitionWriter({ file: join(directory(), 'run'), partitions: 2, bufferBytes: 1000 });
    assert.throws(() => writer.addPair(1, new Map()), { code: 'VALUE_UNSUPPORTED' });
    assert.throws(() => writer.addPair(new Map(), 1), { code: 'VALUE_UNSUPPORTED' });
    writer.addPair(1, 2);
    assert.deepEqual(readGroups([writer.finish()], 2, 1000, false), [{ key: 1, values: [2], others: [] }]);
  });
});

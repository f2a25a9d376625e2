import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { prefetch } from '../../../src/reader/shards/prefetch.js';

describe('reading ahead', () => {
  it('asks for one item more than is in use, and keeps the order', async () => {
    const asked: number[] = [];
    const source = async function* () {
      for (let i = 0; i < 5; i++) {
        asked.push(i);
        yield i;
      }
    };
    const seen: (readonly [number, number])[] = [];
    for await (const item of prefetch(source())) {
      await setTimeout(1);
      seen.push([item, asked.length]);
    }
    assert.deepEqual(seen, [
      [0, 2],
      [1, 3],
      [2, 4],
      [3, 5],
      [4, 5],
    ]);
  });

  it('fails when the turn of the failure comes, and not before', async () => {
    const source = async function* () {
      yield 1;
      throw new Error('the second');
    };
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of prefetch(source())) {
        await setTimeout(5);
        seen.push(item);
      }
    })();
    await assert.rejects(reading, /the second/);
    assert.deepEqual(seen, [1]);
  });

  it('lets the source clean up when nobody wants more, also if the next item fails', async () => {
    for (const failsNext of [false, true]) {
      let cleaned = false;
      const source = async function* () {
        try {
          yield 1;
          if (failsNext) throw new Error('never seen');
          yield 2;
        } finally {
          cleaned = true;
        }
      };
      for await (const item of prefetch(source())) if (item === 1) break;
      assert.ok(cleaned);
    }
  });
});

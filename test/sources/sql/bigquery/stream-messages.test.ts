import assert from 'node:assert/strict';
import type { ReadClient } from '../../../../src/sources/sql/bigquery/load-client.js';
import { streamMessages } from '../../../../src/sources/sql/bigquery/stream-messages.js';

/** A client whose streams give 3 rows a message and break as told: after how many messages, and with which gRPC code. */
function clientThatBreaks(breaks: readonly (readonly [messages: number, code: number])[], rows: number) {
  const offsets: number[] = [];
  async function* readRows({ offset }: { readonly offset: number }) {
    const [messages, code] = breaks[offsets.length] ?? [Number.POSITIVE_INFINITY, 0];
    offsets.push(offset);
    for (let sent = 0, row = offset; row < rows; sent++, row += 3) {
      if (sent >= messages) throw Object.assign(new Error('broken'), { code });
      const rowCount = Math.min(3, rows - row);
      yield { rowCount: String(rowCount), arrowRecordBatch: { serializedRecordBatch: Uint8Array.of(row) } };
    }
  }
  return { client: { readRows } as unknown as ReadClient, offsets };
}

async function firstRows(client: ReadClient): Promise<readonly (number | undefined)[]> {
  const rows: (number | undefined)[] = [];
  for await (const { batch } of streamMessages(client, 'stream')) rows.push(batch[0]);
  return rows;
}

describe('the messages of a stream of BigQuery', () => {
  it('go on from the row that comes next when the stream breaks', async () => {
    const breaks = [
      [2, 14],
      [0, 13],
      [1, 4],
    ] as const;
    const { client, offsets } = clientThatBreaks(breaks, 14);
    assert.deepEqual(await firstRows(client), [0, 3, 6, 9, 12]);
    assert.deepEqual(offsets, [0, 6, 6, 9]);
  });

  it('end with what does not pass', async () => {
    const { client, offsets } = clientThatBreaks([[1, 7]], 14);
    await assert.rejects(firstRows(client), { code: 7 });
    assert.deepEqual(offsets, [0]);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadClient } from './load-client.js';
import { patience } from './rest.js';

/** A record batch of a stream. */
export interface StreamMessage {
  /** Arrow's message with its body. */
  readonly batch: Uint8Array;
  readonly rows: number;
}

/** gRPC's codes after which a stream goes on (https://grpc.github.io/grpc/core/md_doc_statuscodes.html); INTERNAL is what HTTP/2 makes of a connection that was reset. */
const passingCodes: ReadonlySet<number> = new Set([
  2 /* UNKNOWN */, 4 /* DEADLINE_EXCEEDED */, 8 /* RESOURCE_EXHAUSTED */, 10 /* ABORTED */, 13 /* INTERNAL */,
  14 /* UNAVAILABLE */,
]);

/**
 * The record batches of a stream. One that breaks off is asked for anew from the row on that comes next; what makes progress starts counting failures anew.
 *
 * @throws what Google's client throws, for what does not pass
 */
export async function* streamMessages(
  client: ReadClient,
  stream: string,
): AsyncGenerator<StreamMessage, void, undefined> {
  let offset = 0;
  for (let failures = 0; ; ) {
    try {
      const replies: AsyncIterable<ReadRowsReply> = client.readRows({ readStream: stream, offset });
      for await (const { arrowRecordBatch, rowCount } of replies) {
        const batch = arrowRecordBatch?.serializedRecordBatch ?? new Uint8Array();
        const rows = Number(rowCount ?? arrowRecordBatch?.rowCount ?? 0);
        offset += rows;
        failures = 0;
        yield { batch, rows };
      }
      return;
    } catch (error) {
      failures++;
      if (!passingCodes.has(grpcCode(error) ?? -1) || failures >= patience.maxAttempts) throw error;
      await sleep(Math.min(patience.maxDelayMilliseconds, patience.firstDelayMilliseconds * 2 ** (failures - 1)));
    }
  }
}

/** ReadRowsResponse of the Storage Read API, as much as is used. */
interface ReadRowsReply {
  readonly arrowRecordBatch?: {
    readonly serializedRecordBatch?: Uint8Array | null;
    readonly rowCount?: string | number | null;
  } | null;
  readonly rowCount?: string | number | null;
}

/** The code of an error that came by gRPC. */
export function grpcCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

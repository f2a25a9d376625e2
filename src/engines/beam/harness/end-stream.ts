import type { ClientDuplexStream } from '@grpc/grpc-js';

/** So long a runner has to end its half of a stream. Some never do, and an open stream keeps their job waiting. */
const graceMilliseconds = 1000;

/**
 * Watches a stream from its beginning. An error of the stream is nobody's but its owner's.
 *
 * @returns what ends our half of it and waits for the runner to end its own; it never rejects. What was written has been sent by then, if anybody takes it.
 */
export function streamEnder<Out, In>(call: ClientDuplexStream<Out, In>): () => Promise<void> {
  const over = new Promise<void>((resolve) => void call.once('status', () => resolve()));
  return async () => {
    const timer = setTimeout(() => call.cancel(), graceMilliseconds);
    // What still comes is of no use, but the stream's end comes behind it.
    call.resume();
    call.end();
    await over;
    clearTimeout(timer);
  };
}

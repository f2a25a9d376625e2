import type { ClientDuplexStream } from '@grpc/grpc-js';

/** So long a runner has to end its half of a stream. Some never do, and an open stream keeps their job waiting. */
const graceMilliseconds = 1000;

/** Ends our half of a stream and waits for the runner to end its own; resolves in any case. What was written has been sent by then, if anybody takes it. */
export async function endStream<Out, In>(call: ClientDuplexStream<Out, In>): Promise<void> {
  if (call.closed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      call.cancel();
      done();
    }, graceMilliseconds);
    // A cancelled call, or one whose runner is gone, has an error: it is over, and that is what is wanted.
    call.once('error', done);
    call.once('status', done);
    call.resume();
    call.end();
  });
}

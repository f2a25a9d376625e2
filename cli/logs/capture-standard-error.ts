/** Gives to a function what is written to standard error from now on, also by packages and by workers; returns what writes there. */
export type CaptureErrors = (take: (text: string) => void) => (text: string) => void;

/** In place of `process.stderr.write`, which consoles, warnings of Node and the output of worker threads go through. */
export const captureStandardError: CaptureErrors = (take) => {
  const { stderr } = process;
  const write = stderr.write.bind(stderr);
  const decoder = new TextDecoder();
  stderr.write = ((chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    take(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    const done = rest.find((argument): argument is () => void => typeof argument === 'function');
    if (done !== undefined) process.nextTick(done);
    return true;
  }) as typeof stderr.write;
  return (text) => void write(text);
};

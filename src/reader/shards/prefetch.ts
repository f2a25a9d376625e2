/**
 * Asks a source for its next item while the current one is in use, so that a file is read while what was read before is parsed.
 *
 * Order is kept, and at most one item lies ahead.
 */
export async function* prefetch<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<T>> | undefined;
  try {
    next = iterator.next();
    for (;;) {
      const current: IteratorResult<T> = await next;
      next = undefined;
      if (current.done === true) return;
      next = iterator.next();
      // A failure is thrown when its turn comes; until then it must not count as unhandled.
      next.catch(() => undefined);
      yield current.value;
    }
  } finally {
    await next?.catch(() => undefined);
    await iterator.return?.();
  }
}

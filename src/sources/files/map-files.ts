/** How many files are under way at once: enough to keep the disk busy, few enough for any limit on open files. */
const filesAtOnce = 16;

/** Applies an asynchronous function to many files, a few at a time; the results are in the order of the files. */
export async function mapFiles<T, U>(
  files: readonly T[],
  fn: (file: T) => Promise<U>,
  concurrency: number = filesAtOnce,
): Promise<readonly U[]> {
  const results: U[] = [];
  for (let from = 0; from < files.length; from += concurrency) {
    results.push(...(await Promise.all(files.slice(from, from + concurrency).map(fn))));
  }
  return results;
}

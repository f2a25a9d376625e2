import { createHash } from 'node:crypto';

/** Which build a job does: two of the same are one job. */
export interface JobTarget {
  readonly dataset: string;
  readonly config: string | undefined;
  readonly version: string;
  /** The registry that the version is published to. */
  readonly registry: string;
}

const longestReadable = 54;

/**
 * The name of the job that builds a version: the same each time, so that Dataflow itself, which knows one active job of a name in a region, keeps a version from being built
 * twice. What names may hold is in Job.name of jobs.proto; the digest tells `a_b` from `a/b`, and one registry from another.
 *
 * @example
 * ```ts
 * jobName({ dataset: 'product_a', config: 'men', version: '1.2.0', registry: 'gs://lab/registry' }); // 'product-a-men-1-2-0-…'
 * ```
 */
export function jobName({ dataset, config, version, registry }: JobTarget): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([registry, dataset, config ?? null, version]))
    .digest('hex');
  const parts = config === undefined ? [dataset, version] : [dataset, config, version];
  // Begins with a letter, as every data set's name does.
  const readable = parts
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestReadable);
  return `${readable.replace(/-$/, '')}-${digest.slice(0, 8)}`;
}

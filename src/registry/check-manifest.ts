import { formatReference, isSplitName } from '../core/names/index.js';
import { versionFiles } from './layout.js';
import type { Manifest, ManifestFile } from './manifest.js';
import { contentDigestOf } from './version-metadata.js';

/**
 * What a manifest says twice must agree, or readers that trust one of the two would read past the end of the other.
 *
 * @returns what is wrong, or undefined.
 */
export function contradictionIn(manifest: Manifest): string | undefined {
  return wrongSplit(manifest) ?? wrongFile(manifest) ?? wrongDigest(manifest) ?? wrongLineage(manifest);
}

function wrongSplit({ splits }: Manifest): string | undefined {
  const names = new Set<string>();
  for (const { name, examples, exampleBytes, shards } of splits) {
    if (!isSplitName(name)) return `${JSON.stringify(name)} is no split's name`;
    if (names.has(name)) return `there are two splits named ${name}`;
    names.add(name);
    if (sum(shards, 'examples') !== examples) return `the shards of ${name} don't hold its ${examples} examples`;
    if (sum(shards, 'exampleBytes') !== exampleBytes)
      return `the shards of ${name} don't hold its ${exampleBytes} bytes`;
  }
  return undefined;
}

function wrongFile(manifest: Manifest): string | undefined {
  const shards = new Map(manifest.splits.map(({ name, shards }) => [name, shards]));
  const paths = new Set<string>([versionFiles.manifest]);
  const places = new Set<string>();
  for (const file of manifest.files) {
    if (paths.has(file.path)) return `there are two files named ${file.path}`;
    paths.add(file.path);
    if (file.format === 'metadata') continue;
    const wrong = wrongShardFile(file, shards);
    if (wrong !== undefined) return wrong;
    const place = `${file.format} ${file.split} ${file.shard}`;
    if (places.has(place)) return `shard ${file.shard} of ${file.split} has two ${file.format} files`;
    places.add(place);
  }
  const below = [...paths].find((path) => parents(path).some((parent) => paths.has(parent)));
  return below && `${below} lies below a file`;
}

function wrongShardFile(
  { path, split, shard, examples }: ManifestFile,
  shards: ReadonlyMap<string, Manifest['splits'][number]['shards']>,
): string | undefined {
  if (split === undefined || shard === undefined) return `${path} names no shard`;
  const known = shards.get(split);
  if (known === undefined) return `${path} belongs to a split ${JSON.stringify(split)} that there isn't`;
  const expected = known[shard];
  if (expected === undefined) return `${path} is shard ${shard} of ${split}, which has ${known.length}`;
  if (examples !== expected.examples) return `${path} holds ${examples} examples, and its shard ${expected.examples}`;
  return undefined;
}

function wrongDigest({ contentDigest, splits }: Manifest): string | undefined {
  return contentDigest === contentDigestOf(splits) ? undefined : "contentDigest doesn't fit those of the splits";
}

function wrongLineage(manifest: Manifest): string | undefined {
  const own = formatReference(manifest);
  return manifest.lineage.some((upstream) => upstream.registry === undefined && formatReference(upstream) === own)
    ? 'its lineage names itself'
    : undefined;
}

function sum<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}

/** `a/b` and `a` of `a/b/c`. */
function parents(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

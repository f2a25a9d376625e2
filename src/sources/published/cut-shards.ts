import { formatReference } from '../../core/names/index.js';
import { type SplitSelector, versionRanges } from '../../reader/index.js';
import type { Manifest, VersionInfo } from '../../registry/index.js';
import { batchElements, type SourceShard } from '../source.js';
import type { PublishedVersion } from './published-request.js';

/** What a worker reads: examples `from .. to` of a split of a version. Plain data. */
export type PublishedPart = {
  readonly version: PublishedVersion;
  readonly split: string;
  readonly from: number;
  readonly to: number;
  /** Examples that are decoded at a time. */
  readonly batch: number;
};

/** A part is not smaller than what a shard's file takes to open, and small enough that a version of one shard keeps all workers busy. */
const partBytes = 64 << 20;
const partExamples = 1 << 18;
/** Of a batch, by the average size of the shard's examples. */
const batchBytes = 1 << 20;

/**
 * The parts of a version that a selector means: record ranges, each in one of its shards, a function of the version and the selector alone.
 *
 * @throws DatasetsError SPLIT_UNKNOWN, SPLIT_EXPRESSION_INVALID
 */
export function cutShards(pinned: PublishedVersion, info: VersionInfo, selector: SplitSelector): SourceShard[] {
  // What a unit of work is found by: the same text, whether the facts come from the registry or from a journal, which sorts their properties.
  const { name, config, contentDigest } = pinned;
  const version = { name, ...(config !== undefined && { config }), version: pinned.version, contentDigest };
  const reference = formatReference(version);
  const shards: SourceShard[] = [];
  for (const range of versionRanges(info, selector)) {
    let first = 0;
    for (const { examples, exampleBytes } of shardsOf(info.manifest, range.split)) {
      const average = Math.max(1, exampleBytes / Math.max(1, examples));
      const step = Math.max(1, Math.min(partExamples, Math.floor(partBytes / average)));
      const batch = Math.max(1, Math.min(batchElements, Math.floor(batchBytes / average)));
      const end = Math.min(range.to, first + examples);
      for (let from = Math.max(range.from, first); from < end; from += step) {
        const to = Math.min(end, from + step);
        const data: PublishedPart = { version, split: range.split, from, to, batch };
        // A selector may name the same examples twice.
        const place = `${reference} ${range.split}[${from}:${to}] part ${shards.length + 1}`;
        shards.push({ id: place, data, bytes: Math.round(average * (to - from)), rows: to - from });
      }
      first += examples;
    }
  }
  return shards;
}

function shardsOf(manifest: Manifest | undefined, split: string): Manifest['splits'][number]['shards'] {
  return manifest?.splits.find(({ name }) => name === split)?.shards ?? [];
}

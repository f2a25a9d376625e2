import type { BuildOutput } from '../engines/index.js';
import { type Manifest, type Registry, readManifest } from '../registry/index.js';
import type { BuildResult, BuiltSplit } from './build-options.js';
import type { BuildTarget } from './target.js';

/** What a build says of a version that it has just published. */
export function publishedResult(
  target: BuildTarget,
  directory: string,
  output: BuildOutput,
  manifest: Manifest,
  seconds: number,
  fromExtracts: readonly string[],
): BuildResult {
  return {
    status: 'built',
    dataset: target.definition.name,
    ...target.chosen,
    directory,
    splits: splitsOf(manifest),
    contentDigest: manifest.contentDigest,
    counters: output.counters,
    ...(fromExtracts.length > 0 && { fromExtracts }),
    ...(manifest.accepted !== undefined && { accepted: manifest.accepted }),
    units: output.units,
    seconds,
  };
}

/** What a build says of a version that was there before. */
export async function existingResult(target: BuildTarget, registry: Registry): Promise<BuildResult> {
  const found = await registry.resolve(target.reference);
  const manifest = await readManifest(registry.storage, found.path);
  return {
    status: 'exists',
    dataset: target.definition.name,
    ...target.chosen,
    directory: found.location,
    splits: manifest === undefined ? [] : splitsOf(manifest),
    contentDigest: manifest?.contentDigest,
    counters: manifest?.counters ?? {},
    units: { reused: 0, run: 0, redone: 0 },
    seconds: 0,
  };
}

function splitsOf(manifest: Manifest): readonly BuiltSplit[] {
  return manifest.splits.map(({ name, examples, shards }) => ({
    name,
    examples,
    shards: shards.length,
    bytes: manifest.files.reduce(
      (sum, file) => (file.split === name && file.format !== 'index' ? sum + file.bytes : sum),
      0,
    ),
  }));
}

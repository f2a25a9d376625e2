import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { schemaToJson } from '../features/index.js';
import type { Manifest } from '../registry/index.js';
import type { LocalStorage } from '../storage/index.js';
import type { AdoptionPlan, PlannedShard } from './adoption-plan.js';

/** Whether a published version holds just what a plan would publish: the same features, and the same bytes in the same shards of the same splits. */
export async function isSameVersion(directory: LocalStorage, plan: AdoptionPlan, manifest: Manifest): Promise<boolean> {
  if (manifest.external?.writer !== plan.writer || manifest.splits.length !== plan.splits.length) return false;
  // Through JSON, which has no undefined.
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(schemaToJson(plan.schema))), manifest.schema)) return false;
  for (const { name, shards } of plan.splits) {
    const published = manifest.splits.find((split) => split.name === name);
    if (published?.shards.length !== shards.length) return false;
    for (const [number, shard] of shards.entries()) {
      const file = manifest.files.find(
        (each) => each.format === plan.format && each.split === name && each.shard === number,
      );
      if (file === undefined || file.bytes !== shard.to - shard.from) return false;
      if (file.sha256 !== (await sha256Of(directory, shard))) return false;
    }
  }
  return true;
}

async function sha256Of(directory: LocalStorage, { path, from, to }: PlannedShard): Promise<string> {
  const hash = createHash('sha256');
  if (to === from) return hash.digest('hex');
  const options = { start: from, end: to - 1, highWaterMark: 1 << 20 };
  for await (const chunk of createReadStream(await directory.readable(path), options)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

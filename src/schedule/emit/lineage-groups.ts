import { downloadsOf, findTarget } from '../../build/index.js';
import { discoverDatasets, loadDefinition } from '../../builder/index.js';
import { datasetFolders, type ResolvedConfig } from '../../core/config/index.js';
import { parseReference } from '../../core/names/index.js';
import { declaredSources } from '../../provenance/index.js';

/** No lineage depends on the time; a fixed one keeps what is emitted the same. */
const anyTime = new Date(0).toISOString();

/**
 * Parts data sets into groups that have no lineage in common, so that they can be rebuilt side by side. What their builders declare counts, and nothing that a registry holds.
 *
 * @param datasets sorted
 * @returns sorted groups; a single one where a builder can't say what it is made from before it has downloaded something
 * @throws DatasetsError BUILDER_INVALID, PIPELINE_INVALID
 */
export async function lineageGroups(
  datasets: readonly string[],
  config: ResolvedConfig,
): Promise<readonly (readonly string[])[]> {
  const modules = new Map((await discoverDatasets(datasetFolders(config))).map(({ name, module }) => [name, module]));
  const groupOf = new Map<string, Set<string>>();
  const waiting = [...datasets];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const module = modules.get(name);
    // Each is looked at once; those of other projects are rebuilt by these.
    if (module === undefined) continue;
    modules.delete(name);
    const upstreams = await upstreamsOf(name, module, config);
    if (upstreams === undefined) return [datasets];
    for (const upstream of upstreams) join(groupOf, name, upstream);
    waiting.push(...upstreams);
  }
  const groups = new Set(datasets.map((name) => groupOf.get(name) ?? new Set([name])));
  return [...groups].map((group) => datasets.filter((name) => group.has(name)));
}

/** Names of the data sets that all configs of one are made from; undefined where nobody can say yet. */
async function upstreamsOf(
  name: string,
  module: string,
  config: ResolvedConfig,
): Promise<readonly string[] | undefined> {
  const { configs } = await loadDefinition(module, name);
  const names: string[] = [];
  for (const reference of configs.length === 0 ? [name] : configs.map((each) => `${name}/${each}`)) {
    const { builder } = await findTarget(reference, config);
    const declared = await declaredSources(builder, anyTime, { config, downloads: downloadsOf(config) });
    if (declared.unknown !== undefined) return undefined;
    names.push(...declared.upstreams.map((upstream) => parseReference(upstream).name));
  }
  return names;
}

function join(groupOf: Map<string, Set<string>>, a: string, b: string): void {
  const joined = new Set([a, b, ...(groupOf.get(a) ?? []), ...(groupOf.get(b) ?? [])]);
  for (const name of joined) groupOf.set(name, joined);
}

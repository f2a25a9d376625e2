import type { ResolvedConfig } from '../../core/config/index.js';
import { formatReference, parseReference } from '../../core/names/index.js';
import {
  type Manifest,
  openRegistry,
  type Registry,
  readManifest,
  readYank,
  versionPath,
} from '../../registry/index.js';
import { inParallel } from '../../storage/index.js';
import { openNamed } from '../open-named.js';

/** `up`: what a version was made from; `down`: what was made from it. */
export type LineageDirection = 'up' | 'down';

/** A version, or an input that is none: a file, a table, a query. */
export interface LineageNode {
  /** `product_b:1.1.0`, `items.csv`: unique in a lineage. */
  readonly id: string;
  readonly kind: 'version' | 'source';
  /** Why it is not to be used any more. */
  readonly yanked?: string;
  /** There where no registry that is read here holds it any more. */
  readonly isGone?: true;
}

/** That `to` was made from `from`. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  /** The splits that were read, where `from` is a version. */
  readonly split?: string;
}

export interface Lineage {
  /** The version that was asked about. */
  readonly version: string;
  readonly direction: LineageDirection;
  /** The version first, then the others as they are come to. */
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

/** Enough to hide the way to a bucket. */
const manifestsAtOnce = 16;

/**
 * What a version was made from, to the sources, or what was made from it, to the end, as far as registries say: over versions and snapshots alike.
 *
 * @param reference as `load` takes it
 * @throws DatasetsError DATASET_UNKNOWN, CONFIG_UNKNOWN, VERSION_UNKNOWN, VERSION_REMOVED, VERSION_YANKED, MANIFEST_INVALID
 * @example
 * ```ts
 * const { nodes } = await lineageOf('product_a:1.2.0', 'up', await loadConfig());
 * ```
 */
export async function lineageOf(
  reference: string,
  direction: LineageDirection,
  config: ResolvedConfig,
): Promise<Lineage> {
  const registry = openRegistry(config.registry);
  const version = await registry.resolve(parseReference(reference));
  const drawing = new Drawing();
  if (direction === 'up') await walkUp(drawing, registry, version, config);
  else await walkDown(drawing, registry, version);
  return { version: formatReference(version), direction, ...drawing.drawn() };
}

class Drawing {
  readonly #nodes = new Map<string, LineageNode>();
  readonly #edges = new Map<string, LineageEdge>();

  /** @returns whether it is new */
  add(node: LineageNode): boolean {
    if (this.#nodes.has(node.id)) return false;
    this.#nodes.set(node.id, node);
    return true;
  }

  connect(edge: LineageEdge): void {
    this.#edges.set(JSON.stringify(edge), edge);
  }

  drawn(): Pick<Lineage, 'nodes' | 'edges'> {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }
}

type Named = Pick<Manifest, 'name' | 'config' | 'version'>;

interface Place {
  readonly version: Named;
  readonly registry: Registry;
  /** As the builder named it, where that is not the registry that was asked. */
  readonly label: string | undefined;
}

async function walkUp(drawing: Drawing, registry: Registry, version: Named, config: ResolvedConfig): Promise<void> {
  const waiting: Place[] = [{ version, registry, label: undefined }];
  for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
    const id = idOf(place);
    const manifest = await readManifest(place.registry.storage, versionPath(place.version));
    if (!drawing.add(await versionNode(place, manifest))) continue;
    const upstream = new Set(manifest?.lineage.map(({ contentDigest }) => contentDigest));
    for (const { split, registry: label, ...from } of manifest?.lineage ?? []) {
      const other = label === undefined ? place.registry : openNamed(label, config);
      const next = { version: from, registry: other ?? place.registry, label: label ?? place.label };
      drawing.connect({ from: idOf(next), to: id, ...(split !== undefined && { split }) });
      if (other === undefined) drawing.add({ id: idOf(next), kind: 'version', isGone: true });
      else waiting.push(next);
    }
    for (const { uri, digest } of manifest?.sources ?? []) {
      if (digest !== undefined && upstream.has(digest)) continue;
      // A path is relative to the folder of its builder: two data sets may have a file of one name.
      const source = `${uri} (${place.version.name})`;
      drawing.add({ id: source, kind: 'source' });
      drawing.connect({ from: source, to: id });
    }
  }
}

async function walkDown(drawing: Drawing, registry: Registry, version: Named): Promise<void> {
  const all = await allManifests(registry);
  const waiting: Named[] = [version];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const id = formatReference(next);
    const place = { version: next, registry, label: undefined };
    if (!drawing.add(await versionNode(place, all.get(id)))) continue;
    for (const [reference, manifest] of all) {
      for (const { registry: label, split, ...from } of manifest.lineage) {
        if (label !== undefined || formatReference(from) !== id) continue;
        drawing.connect({ from: id, to: reference, ...(split !== undefined && { split }) });
        waiting.push(manifest);
      }
    }
  }
}

/** By reference, sorted. */
async function allManifests(registry: Registry): Promise<ReadonlyMap<string, Manifest>> {
  const names = (await registry.listDatasets()).flatMap(({ name, versions, configs }) => [
    ...versions.map((version) => ({ name, version })),
    ...configs.flatMap((config) => config.versions.map((version) => ({ name, config: config.name, version }))),
  ]);
  const found = new Map<string, Manifest>();
  await inParallel(names, manifestsAtOnce, async (name) => {
    const manifest = await readManifest(registry.storage, versionPath(name));
    if (manifest !== undefined) found.set(formatReference(name), manifest);
  });
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function versionNode(place: Place, manifest: Manifest | undefined): Promise<LineageNode> {
  const yank = await readYank(place.registry.storage, place.version);
  return {
    id: idOf(place),
    kind: 'version',
    ...(yank !== undefined && { yanked: yank.reason }),
    ...(manifest === undefined && { isGone: true as const }),
  };
}

function idOf({ version, label }: Pick<Place, 'version' | 'label'>): string {
  return `${formatReference(version)}${label === undefined ? '' : ` of ${label}`}`;
}

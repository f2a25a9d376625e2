import type { BuildOutput } from '../../engines/index.js';
import { keepExtracts, type Manifest, type ManifestExtract, type StagedVersion } from '../../registry/index.js';
import type { RetainedResult, SourceState } from '../../sources/index.js';
import { rebuildableOf } from './rebuildable.js';

/** What the manifest says of its sources. */
export interface RetainedSources {
  readonly sources: Manifest['sources'];
  readonly rebuildable: Manifest['rebuildable'];
}

/** Puts what queries gave into the registry, before the manifest names it there. */
export async function keepRetained(
  staged: StagedVersion,
  { sources, retained }: Pick<BuildOutput, 'sources' | 'retained'>,
  signal: AbortSignal | undefined,
): Promise<RetainedSources> {
  const results = differing(retained);
  const files = results.flatMap(({ extract }) =>
    extract === undefined ? [] : extract.files.map((file) => ({ ...file, format: extract.format })),
  );
  const kept = new Map((await keepExtracts(staged, files, { signal })).map((file) => [file.sha256, file]));
  const recorded = sources.map((state) => withRetained(state, results, kept));
  return { sources: recorded, rebuildable: rebuildableOf(results, sources) };
}

/** A query that is read twice is kept once. */
function differing(retained: readonly RetainedResult[]): readonly RetainedResult[] {
  return [
    ...new Map(
      retained.map((result) => [`${result.uri} ${(result.extract ?? result.tableSnapshot)?.of}`, result]),
    ).values(),
  ];
}

function withRetained(
  { asked: _asked, isPinned: _isPinned, ...state }: SourceState,
  results: readonly RetainedResult[],
  kept: ReadonlyMap<string, ManifestExtract['files'][number]>,
): Manifest['sources'][number] {
  const own = results.filter(({ uri }) => uri === state.uri);
  const extracts = own.flatMap(({ extract, inputs }): readonly ManifestExtract[] => {
    if (extract === undefined) return [];
    const { of, format, integers, privateReason } = extract;
    const files = extract.files.flatMap(({ sha256 }) => kept.get(sha256) ?? []);
    return [
      {
        of,
        format,
        ...(integers.length > 0 && { integers }),
        ...(inputs.length > 0 && { inputs }),
        ...(privateReason !== undefined && { privateReason }),
        files,
      },
    ];
  });
  const tableSnapshots = own.flatMap(({ tableSnapshot, inputs }) =>
    tableSnapshot === undefined ? [] : [{ ...tableSnapshot, ...(inputs.length > 0 && { inputs: [...inputs] }) }],
  );
  return { ...state, ...(extracts.length > 0 && { extracts }), ...(tableSnapshots.length > 0 && { tableSnapshots }) };
}

import {
  diffFeatures,
  diffVersions,
  type ExampleDiff,
  featureLines,
  fieldOf,
  type SplitDiff,
  splitText,
} from '../../quality/index.js';
import type { VersionFiles } from '../../reader/index.js';
import type { Manifest } from '../../registry/index.js';

/** A data file that is not the one of the other build. */
export interface DifferingFile {
  readonly path: string;
  readonly problem: 'other bytes' | 'missing' | 'added';
}

/** The first record that two builds give differently. Private values and keys are beginnings of hashes. */
export interface FirstDifference {
  readonly split: string;
  /** `removed`: there is none of its key any more; `added`: there was none. */
  readonly change: ExampleDiff['change'];
  /** The first digits of its key's hash. */
  readonly key: string;
  /** The first field that differs, by its path; undefined for a record that came or went. */
  readonly field?: string;
  /** Of the field, or of a record that went. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** How many records differ in that split. */
  readonly records: number;
}

/** What is different between two builds of one version. */
export interface BuildComparison {
  readonly outcome: 'same-bytes' | 'same-content' | 'different';
  /** How many data files were compared by their sha256. */
  readonly files: number;
  readonly differingFiles: readonly DifferingFile[];
  /** In a sentence, where content or schema differ. */
  readonly because?: string;
  readonly difference?: FirstDifference;
}

/** A build that is compared: what it says of itself, and where its files are, looked for only where they have to be read. */
export interface ComparedBuild {
  readonly manifest: Manifest;
  files(): Promise<string | VersionFiles>;
}

/**
 * Compares two builds of one version: every data file by its sha256, then content and schema; where these differ, record by record until the first one is found.
 *
 * @throws DatasetsError DATA_CORRUPT, STORAGE_UNREACHABLE and its kin where records have to be read
 */
export async function compareBuilds(before: ComparedBuild, after: ComparedBuild): Promise<BuildComparison> {
  const differingFiles = differenceOfFiles(before.manifest, after.manifest);
  const files = before.manifest.files.filter(isData).length;
  const features = featureLines(diffFeatures(stateOf(before.manifest), stateOf(after.manifest)));
  if (features.length > 0 || before.manifest.contentDigest !== after.manifest.contentDigest) {
    const { lines, difference } = await differenceIn(before, after);
    const because = [...features, ...lines].join('; ') || 'the content digests are not the same';
    return { outcome: 'different', files, differingFiles, because, ...(difference !== undefined && { difference }) };
  }
  return { outcome: differingFiles.length === 0 ? 'same-bytes' : 'same-content', files, differingFiles };
}

/** What describes a version is made of its data and its card, so that it says nothing more. */
function isData({ format }: Manifest['files'][number]): boolean {
  return format !== 'metadata';
}

function differenceOfFiles(before: Manifest, after: Manifest): readonly DifferingFile[] {
  const now = new Map(after.files.filter(isData).map((file) => [file.path, file.sha256]));
  const known = new Set(before.files.map(({ path }) => path));
  return [
    ...before.files.filter(isData).flatMap(({ path, sha256 }): readonly DifferingFile[] => {
      const other = now.get(path);
      if (other === sha256) return [];
      return [{ path, problem: other === undefined ? 'missing' : 'other bytes' }];
    }),
    ...[...now.keys()].filter((path) => !known.has(path)).map((path) => ({ path, problem: 'added' }) as const),
  ];
}

function stateOf({ schema, info }: Manifest) {
  return { schema, supervisedKeys: info.supervisedKeys };
}

interface FoundDifference {
  /** What differs of each split. */
  readonly lines: readonly string[];
  readonly difference?: FirstDifference;
}

async function differenceIn(before: ComparedBuild, after: ComparedBuild): Promise<FoundDifference> {
  const { splits } = await diffVersions(await before.files(), await after.files(), { examples: 1 });
  const different = splits.filter(({ status, content }) => status !== 'kept' || content === 'different');
  const lines = different.map((split) => `${split.split}: ${splitText(split)}`);
  const [difference] = different.flatMap((split) => firstDifference(split) ?? []);
  return { lines, ...(difference !== undefined && { difference }) };
}

function firstDifference({ split, keys, examples }: SplitDiff): FirstDifference | undefined {
  // Of each kind there is the first by the hash of its key: the least of them is the first that differs.
  const [first] = [...examples].sort((a, b) => (a.key < b.key ? -1 : 1));
  if (first === undefined || keys === undefined) return undefined;
  const { change, key, fields, before, after } = first;
  const common = { split, change, key, records: keys.changed + keys.removed + keys.added };
  const [field] = fields;
  // What is shown of both may be the same: of an image, say, or of a long tensor.
  if (change !== 'changed' || field === undefined) return { ...common, before, after };
  return { ...common, field, before: shownValue(before, field), after: shownValue(after, field) };
}

/** A schema that is no record has one value, whose path is empty. */
function shownValue(example: unknown, field: string): unknown {
  return field === '' ? example : fieldOf(example, field);
}

import { formatJson } from './format-json.js';
import { tfrecordTemplate } from './layout.js';
import { ProtoJson } from './proto-json.js';

/** The parts of tfds' DatasetInfo (proto/dataset_info.proto) that a version has. */
export interface TfdsDatasetInfo {
  readonly name: string;
  readonly config: string | undefined;
  readonly configDescription: string | undefined;
  readonly version: string;
  readonly description: string;
  readonly homepage: string | undefined;
  readonly citation: string | undefined;
  readonly license: string | undefined;
  readonly supervisedKeys: readonly [string, string] | undefined;
  readonly releaseNotes: Readonly<Record<string, string>>;
  readonly splits: readonly TfdsSplit[];
}

export interface TfdsSplit {
  readonly name: string;
  readonly exampleBytes: number;
  readonly shardLengths: readonly number[];
}

/**
 * `dataset_info.json` as tfds 4.9.10 writes it: proto JSON, int64 as text, keys sorted, two spaces.
 *
 * Proto JSON leaves out fields with their default value; so does this.
 */
export function formatDatasetInfo(info: TfdsDatasetInfo): string {
  const message = {
    citation: info.citation,
    configDescription: info.configDescription,
    configName: info.config,
    description: info.description,
    fileFormat: 'tfrecord',
    location: info.homepage === undefined ? undefined : { urls: [info.homepage] },
    name: info.name,
    redistributionInfo: info.license === undefined ? undefined : { license: info.license },
    releaseNotes: Object.keys(info.releaseNotes).length === 0 ? undefined : sorted(info.releaseNotes),
    splits: info.splits.map((split) => ({
      filepathTemplate: tfrecordTemplate,
      name: split.name,
      numBytes: String(split.exampleBytes),
      shardLengths: split.shardLengths.map(String),
    })),
    supervisedKeys: info.supervisedKeys && {
      tuple: { items: info.supervisedKeys.map((featureKey) => ({ featureKey })) },
    },
    version: info.version,
  };
  return formatJson(message);
}

/** One split of a `dataset_info.json` that tfds wrote, with what names its files. */
export interface PreparedSplit extends TfdsSplit {
  readonly filepathTemplate: string;
}

export interface PreparedDatasetInfo extends TfdsDatasetInfo {
  readonly splits: readonly PreparedSplit[];
  /** `tfrecord`, `array_record`, `riegeli`, ... */
  readonly fileFormat: string;
}

/**
 * Reads a `dataset_info.json`, whoever wrote it.
 *
 * @param file is named in errors.
 * @throws DatasetsError MANIFEST_INVALID when it isn't what tfds writes.
 */
export function parseDatasetInfo(bytes: Uint8Array, file: string): PreparedDatasetInfo {
  const message = ProtoJson.parse(bytes, file);
  const supervised = message.object('supervisedKeys');
  return {
    name: message.required('name'),
    config: message.text('configName'),
    configDescription: message.text('configDescription'),
    version: message.required('version'),
    description: message.text('description') ?? '',
    homepage: message.object('location')?.texts('urls')[0],
    citation: message.text('citation'),
    license: message.object('redistributionInfo')?.text('license'),
    supervisedKeys: supervised && supervisedPair(supervised),
    releaseNotes: message.object('releaseNotes')?.textRecord() ?? {},
    fileFormat: message.text('fileFormat') ?? 'tfrecord',
    splits: message.objects('splits').map((split) => ({
      name: split.required('name'),
      exampleBytes: split.integer(split.value('numBytes') ?? 0),
      shardLengths: split.list('shardLengths').map((length) => split.integer(length)),
      filepathTemplate: split.text('filepathTemplate') ?? tfrecordTemplate,
    })),
  };
}

/** Only the plain pair of feature names; tfds also has triples and nests, which nothing here uses. */
function supervisedPair(keys: ProtoJson): readonly [string, string] | undefined {
  const input = keys.text('input');
  const output = keys.text('output');
  if (input !== undefined && output !== undefined) return [input, output];
  const names =
    keys
      .object('tuple')
      ?.objects('items')
      .map((item) => item.text('featureKey')) ?? [];
  const [first, second] = names;
  return names.length === 2 && first !== undefined && second !== undefined ? [first, second] : undefined;
}

function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

import { createHash } from 'node:crypto';
import type { Json } from '../core/json/index.js';
import { formatJson } from './format-json.js';
import { shardFile, versionFiles } from './layout.js';

/** What Hugging Face's `load_from_disk` needs to know of a version. */
export interface HuggingFaceInfo {
  readonly name: string;
  readonly config: string | undefined;
  readonly version: string;
  readonly description: string;
  readonly homepage: string | undefined;
  readonly citation: string | undefined;
  readonly license: string | undefined;
  /** `Features.to_dict()`; where it is undefined, `datasets` takes the features from the Arrow schema. */
  readonly features: Json | undefined;
  readonly splits: readonly {
    readonly name: string;
    readonly examples: number;
    readonly shardCount: number;
    readonly contentDigest: string;
  }[];
}

/** NamedSplit's grammar (splits.py, `_split_re`); other names are keys of the DatasetDict all the same. */
const namedSplit = /^\w+(\.\w+)*$/;

/**
 * The files that make `arrow/` a DatasetDict on disk (datasets 5.2.0, `DatasetDict.save_to_disk` and `Dataset.save_to_disk`).
 *
 * The fingerprint is what `datasets` names its caches by: derived from the content, so that equal data has equal caches.
 *
 * @returns content by path inside the version's directory.
 */
export function huggingFaceFiles(info: HuggingFaceInfo): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const names = info.splits.map((split) => split.name);
  files.set(`${versionFiles.arrow}/dataset_dict.json`, formatJson({ splits: names }));
  const description = formatJson({
    citation: info.citation ?? '',
    config_name: info.config ?? 'default',
    dataset_name: info.name,
    description: info.description,
    features: info.features,
    homepage: info.homepage ?? '',
    license: info.license ?? '',
    version: info.version,
  });
  for (const split of info.splits) {
    const folder = `${versionFiles.arrow}/${split.name}`;
    const data = Array.from({ length: split.shardCount }, (_, shard) => {
      const path = shardFile('arrow', { dataset: info.name, split: split.name, shard, shardCount: split.shardCount });
      return { filename: path.slice(folder.length + 1) };
    });
    const state = {
      _data_files: data,
      _fingerprint: createHash('sha256').update(split.contentDigest).digest('hex').slice(0, 16),
      _format_columns: null,
      _format_kwargs: {},
      _format_type: null,
      _output_all_columns: false,
      _split: namedSplit.test(split.name) ? split.name : null,
    };
    files.set(`${folder}/state.json`, formatJson(state));
    files.set(`${folder}/dataset_info.json`, description);
  }
  return files;
}

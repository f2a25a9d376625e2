import { filePattern, versionPath } from './python-path.js';
import { pythonName, pythonString } from './python-text.js';
import type { SnippetSplit, SnippetVersion } from './snippet-version.js';

export function huggingFaceSnippet(version: SnippetVersion, split: SnippetSplit): string {
  const name = pythonName(split.name);
  const load = version.formats.includes('arrow') ? arrowLoad(version, split) : parquetLoad(version, split);
  return `${load}print(${name}.features)
print(${name}[0])

for batch in ${name}.with_format('numpy').iter(batch_size=256):
    print({column: len(values) for column, values in batch.items()})
    break
`;
}

function arrowLoad(version: SnippetVersion, split: SnippetSplit): string {
  return `from datasets import load_from_disk

# Memory-mapped: nothing is read before it is used, and nothing is copied.
dataset = load_from_disk(${versionPath(version, 'arrow')})
print(dataset)

${pythonName(split.name)} = dataset[${pythonString(split.name)}]
`;
}

function parquetLoad(version: SnippetVersion, split: SnippetSplit): string {
  const { folder, pattern } = filePattern(version, split.parquetFiles);
  const files = versionPath(version, `${folder}${pattern}`);
  const dataFiles = typeof version.directory === 'string' ? files : `str(${files})`;
  return `from datasets import load_dataset

# Copied into the cache of datasets once, uncompressed; streaming=True reads the files as they are. What one pattern names is called 'train'.
${pythonName(split.name)} = load_dataset('parquet', data_files=${dataFiles}, split='train')
`;
}

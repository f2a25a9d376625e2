import { versionPath } from './python-path.js';
import { pythonName, pythonString } from './python-text.js';
import type { SnippetSplit, SnippetVersion } from './snippet-version.js';

export function tfdsSnippet(version: SnippetVersion, split: SnippetSplit): string {
  const name = pythonName(split.name);
  return `import tensorflow_datasets as tfds

builder = tfds.builder_from_directory(${versionPath(version, '')})
print(builder.info)

${name} = builder.as_dataset(split=${pythonString(split.name)}, shuffle_files=True)
for example in tfds.as_numpy(${name}.take(3)):
    print(example)
`;
}

import { pythonName, pythonString } from './python-text.js';
import type { SnippetSplit, SnippetVersion } from './snippet-version.js';

export function huggingFaceSnippet(version: SnippetVersion, split: SnippetSplit): string {
  const name = pythonName(split.name);
  return `from datasets import load_from_disk

# Memory-mapped: nothing is read before it is used, and nothing is copied.
dataset = load_from_disk(${pythonString(`${version.directory}/arrow`)})
print(dataset)

${name} = dataset[${pythonString(split.name)}]
print(${name}.features)
print(${name}[0])

for batch in ${name}.with_format('numpy').iter(batch_size=256):
    print({column: len(values) for column, values in batch.items()})
    break
`;
}

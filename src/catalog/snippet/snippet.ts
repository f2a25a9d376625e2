import { DatasetsError } from '../../core/errors/index.js';
import { formatReference } from '../../core/names/index.js';
import type { RecordFormat } from '../../registry/index.js';
import { huggingFaceSnippet } from './hugging-face.js';
import { numpySnippet } from './numpy.js';
import { pullPackages, pullProgram } from './pull-python.js';
import type { SnippetSplit, SnippetTarget, SnippetVersion } from './snippet-version.js';
import { tensorflowSnippet } from './tensorflow.js';
import { tfdsSnippet } from './tfds.js';
import { torchSnippet } from './torch.js';

interface Writer {
  /** What the snippet reads: the first of these that the version has. */
  readonly formats: readonly RecordFormat[];
  /** Packages that it imports, as pip names them. */
  readonly packages: readonly string[];
  write(version: SnippetVersion, split: SnippetSplit): string;
}

const writers: Readonly<Record<SnippetTarget, Writer>> = {
  tfds: { formats: ['tfrecord'], packages: ['tensorflow', 'tensorflow-datasets'], write: tfdsSnippet },
  tensorflow: { formats: ['tfrecord'], packages: ['tensorflow'], write: tensorflowSnippet },
  hf: { formats: ['arrow', 'parquet'], packages: ['datasets'], write: huggingFaceSnippet },
  torch: { formats: ['arrow'], packages: ['torch', 'numpy', 'pyarrow'], write: torchSnippet },
  numpy: { formats: ['arrow'], packages: ['numpy', 'pyarrow'], write: numpySnippet },
};

/**
 * Python that opens a version with a trainer's stock reader: no Node, and none of this package.
 *
 * @param split name of the split that it reads. Default: `train`, else the first.
 * @throws DatasetsError UNSUPPORTED when the version has no shards of the format that the reader wants; SPLIT_UNKNOWN.
 */
export function trainerSnippet(target: SnippetTarget, version: SnippetVersion, split?: string): string {
  const writer = writers[target];
  const reference = formatReference(version);
  const format = writer.formats.find((known) => version.formats.includes(known));
  if (format === undefined) {
    const [wanted] = writer.formats;
    const others = Object.entries(writers).filter(([, { formats }]) =>
      formats.some((known) => version.formats.includes(known)),
    );
    throw new DatasetsError(
      'UNSUPPORTED',
      `${reference} has no ${wanted} shards, which a snippet for ${target} reads`,
      {
        hint: `Take --for ${others.map(([name]) => name).join(' or ')}, or export it: ailab-datasets convert ${reference} --file-format ${wanted} --to DIR`,
        at: { dataset: version.name },
      },
    );
  }
  const remote = typeof version.directory === 'string' ? undefined : version.directory;
  const packages = [
    ...writer.packages,
    ...(version.media.length > 0 && format !== 'tfrecord' ? ['pillow'] : []),
    ...(remote === undefined ? [] : pullPackages),
  ];
  const heading = `# ${remote?.reference ?? reference} with stock readers: pip install ${packages.join(' ')}`;
  const pull = remote === undefined ? '' : `${pullProgram(remote)}\n\n`;
  return `${heading}\n${pull}${writer.write(version, pickSplit(version, reference, split))}`;
}

function pickSplit(version: SnippetVersion, reference: string, wanted: string | undefined): SnippetSplit {
  const { splits } = version;
  const found =
    splits.find(({ name }) => name === (wanted ?? 'train')) ?? (wanted === undefined ? splits[0] : undefined);
  if (found !== undefined) return found;
  throw new DatasetsError('SPLIT_UNKNOWN', `${reference} has no split ${wanted}`, {
    hint: `The splits are: ${splits.map(({ name }) => name).join(', ')}.`,
    at: { dataset: version.name, split: wanted ?? '' },
  });
}

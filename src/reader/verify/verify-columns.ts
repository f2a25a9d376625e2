import { DatasetsError } from '../../core/errors/index.js';
import { type ArrowSchema, openColumns } from '../../formats/index.js';
import type { OpenedShard } from '../shards/shard-files.js';
import type { ContentCheck } from './content-check.js';
import type { IndexCursor } from './index-cursor.js';
import type { VerifyProgress } from './verify-progress.js';

export interface ColumnsExpectation {
  readonly format: 'arrow' | 'parquet';
  readonly schema: ArrowSchema;
  readonly examples: number;
  readonly cursor: IndexCursor | undefined;
  readonly content: ContentCheck | undefined;
  /** Whether this package wrote the file: what others tell Hugging Face datasets of their files is theirs. */
  readonly isOwn: boolean;
}

/**
 * Reads a whole shard: every batch and column by the features, the number of rows, and each row's digest by the index.
 *
 * @throws DatasetsError DATA_CORRUPT for the first fault.
 */
export async function verifyColumnShard(
  { source, file }: OpenedShard,
  { format, schema, examples, cursor, content, isOwn }: ColumnsExpectation,
  progress: VerifyProgress,
): Promise<void> {
  const reader = await openColumns(format, source, schema, file);
  const { huggingface } = schema.metadata;
  if (isOwn && reader.metadata.get('huggingface') !== huggingface) {
    throw corrupt(file, 'describes other features to Hugging Face datasets than its schema');
  }
  let rows = 0;
  for await (const place of reader.places()) {
    const batch = await reader.read(place);
    if (rows + batch.rows > examples) throw corrupt(file, `holds more than its ${examples} rows`);
    if (cursor !== undefined) await content?.take(batch, rows, cursor);
    rows += batch.rows;
    progress.advance(place.bytes);
  }
  if (rows < examples) throw corrupt(file, `holds ${rows} of its ${examples} rows`);
}

function corrupt(file: string, what: string): DatasetsError {
  return new DatasetsError('DATA_CORRUPT', `${file} ${what}`, {
    hint: 'The file is not the one that was published. Restore it, or build the version again.',
    at: { file },
  });
}

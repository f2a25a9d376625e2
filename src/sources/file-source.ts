import type { BadRowLimit } from './bad-rows/bad-row.js';
import { giveColumns, type ReadColumns } from './columns/read-columns.js';
import { fileStamp, fileStates } from './files/file-state.js';
import { type FileReference, isRemote, referenceName, resolveFiles, type SourceFile } from './files/resolve-files.js';
import type { Source, SourceBatch, SourceContext, SourceShard } from './source.js';

/** What tells one kind of file from another; `fileSource` makes a source of it. */
export interface FileFormat<T> {
  readonly kind: string;
  readonly maxBadRows?: BadRowLimit | undefined;
  split(files: readonly SourceFile[], context: SourceContext): Promise<readonly SourceShard[]>;
  read(shard: SourceShard, context: SourceContext): Iterable<SourceBatch<T>> | AsyncIterable<SourceBatch<T>>;
  readonly readColumns?: ReadColumns<T>;
}

/** A source that reads files of one format; finding files and their digests is the same for all. */
export function fileSource<T>(files: FileReference, format: FileFormat<T>): Source<T> {
  const read: Source<T>['read'] = (shard, context) => format.read(shard, context);
  if (format.readColumns !== undefined) giveColumns(read, format.readColumns);
  return {
    kind: format.kind,
    description: `${format.kind}(${referenceName(files)})`,
    ...(isRemote(files) ? { remote: true } : {}),
    ...(format.maxBadRows === undefined ? {} : { maxBadRows: format.maxBadRows }),
    split: async (context) => format.split(await resolveFiles(files, context), context),
    read,
    stamp: async (context) => fileStamp(await resolveFiles(files, context), context),
    state: async (context) => fileStates(await resolveFiles(files, context), context),
  };
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { DatasetsError } from '../../core/errors/index.js';
import type { SourceContext, SourceState } from '../source.js';
import { absolutePath } from './location.js';
import { unreadable } from './open-file.js';
import type { SourceFile } from './resolve-files.js';

const readBytes = 1 << 20;

/** Size and sha256 of each file, in order; the content is streamed. */
export async function fileStates(
  files: readonly SourceFile[],
  context: SourceContext,
): Promise<readonly SourceState[]> {
  const states: SourceState[] = [];
  for (const file of files) states.push(await fileState(file, context));
  return states;
}

async function fileState(file: SourceFile, context: SourceContext): Promise<SourceState> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const block of createReadStream(absolutePath(file.location, context), { highWaterMark: readBytes })) {
      context.signal?.throwIfAborted();
      hash.update(block);
      bytes += block.length;
    }
  } catch (error) {
    if (context.signal?.aborted === true) {
      throw new DatasetsError('INTERRUPTED', `Interrupted while ${file.name} was checked`, { cause: error });
    }
    throw unreadable(file.name, error);
  }
  return { uri: file.name, bytes, digest: hash.digest('hex') };
}

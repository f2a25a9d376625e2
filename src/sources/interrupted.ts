import { DatasetsError } from '../core/errors/index.js';
import type { SourceContext } from './source.js';

/** @throws DatasetsError INTERRUPTED when the build was told to stop, naming what was under way */
export function stopIfInterrupted(context: SourceContext, underWay: string): void {
  if (context.signal?.aborted !== true) return;
  throw new DatasetsError('INTERRUPTED', `Interrupted while ${underWay}`, { cause: context.signal.reason });
}

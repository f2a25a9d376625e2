import { DatasetsError } from '../../core/errors/index.js';

/** A declaration that is wrong in itself, whatever the data. */
export function invalidFeature(message: string, hint: string): DatasetsError {
  return new DatasetsError('FEATURE_INVALID', message, { hint });
}

import { DatasetsError } from '../../core/errors/index.js';
import { damagedSource } from '../malformed.js';

/** What is wrong with a record, with its number and offset. */
export function damagedRecord(error: unknown, file: string, record: number, offset?: number): unknown {
  const at = error instanceof DatasetsError ? (error.at.offset ?? offset) : offset;
  const source = `${file} record ${record}${at === undefined ? '' : ` at byte ${at}`}`;
  const hint =
    'Fetch or write the file again; see that it is a TFRecord file, compressed as is said, with the features that are declared.';
  return damagedSource(error, file, source, { hint, offset: at });
}

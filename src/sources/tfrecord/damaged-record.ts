import { DatasetsError } from '../../core/errors/index.js';

/** What `formats/` found wrong with a record of a source, with the record's number: there it speaks of the files of a registry. */
export function damagedRecord(error: unknown, file: string, record: number, offset?: number): unknown {
  if (!(error instanceof DatasetsError) || error.code !== 'DATA_CORRUPT') return error;
  const at = error.at.offset ?? offset;
  const source = `${file} record ${record}${at === undefined ? '' : ` at byte ${at}`}`;
  const what = error.message.startsWith(`${file}: `) ? error.message.slice(file.length + 2) : error.message;
  return new DatasetsError('SOURCE_MALFORMED', `${source}: ${what}`, {
    hint: 'Fetch or write the file again; see that it is a TFRecord file, compressed as is said, with the features that are declared.',
    cause: error,
    at: { ...error.at, file, source, ...(at === undefined ? {} : { offset: at }) },
  });
}

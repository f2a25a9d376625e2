import { DatasetsError } from '../../src/core/errors/index.js';

/** How lines on standard error look: for people, as JSON, or as JSON that Google Cloud Logging understands. */
export const logFormats = ['text', 'json', 'gcp'] as const;
export type LogFormat = (typeof logFormats)[number];

export const logFormatVariable = 'AILAB_DATASETS_LOG_FORMAT';

/**
 * The format that counts: the flag, else the environment, else text.
 *
 * @throws DatasetsError USAGE for a variable that names none
 */
export function logFormatOf(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): LogFormat {
  const named = flag ?? env[logFormatVariable];
  if (named === undefined || named === '') return 'text';
  const known = logFormats.find((format) => format === named);
  if (known !== undefined) return known;
  throw new DatasetsError(
    'USAGE',
    `${flag === undefined ? logFormatVariable : '--log-format'} is ${JSON.stringify(named)}`,
    {
      hint: `It is one of ${logFormats.join(', ')}.`,
    },
  );
}

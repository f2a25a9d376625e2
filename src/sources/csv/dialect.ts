import { DatasetsError } from '../../core/errors/index.js';

/** How fields are written. */
export interface Dialect {
  /** One character, e.g. `,` or `\t`. */
  readonly delimiter: string;
  /** Whether fields may be quoted with `"` (RFC 4180). */
  readonly quoted: boolean;
}

export function dialectOf(options: { readonly delimiter?: string; readonly quotes?: boolean }): Dialect {
  const { delimiter = ',', quotes = true } = options;
  if (delimiter.length !== 1 || delimiter === '"' || delimiter === '\n' || delimiter === '\r' || delimiter > '\x7f') {
    throw new DatasetsError('PIPELINE_INVALID', `The delimiter ${JSON.stringify(delimiter)} cannot be used`, {
      hint: "Use one ASCII character other than a quote or a line end, e.g. ',', ';', '|' or '\\t'.",
    });
  }
  return { delimiter, quoted: quotes };
}

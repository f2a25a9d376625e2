import type { SourcePeriod } from '../source.js';
import type { SqlParameters } from './parameters.js';

const names = ['snapshot_from', 'snapshot_to'];

/** What queries may use of the snapshot that is built, as timestamps: nothing in a build without one. */
export function periodParameters(period: SourcePeriod | undefined): SqlParameters {
  return period === undefined ? {} : { snapshot_from: period.from, snapshot_to: period.to };
}

/**
 * What to do where a query uses such a parameter, and no snapshot is built.
 *
 * @param sigil what parameters of the dialect begin with
 */
export function missingPeriodHint(name: string, sigil: '$' | '@'): string | undefined {
  if (!names.includes(name)) return undefined;
  return `It is the period of a snapshot, and none is built: build one (--snapshot 20261121), or give ${sigil}${name} a value where there is none: params: this.snapshot ? {} : { ${name}: … }.`;
}

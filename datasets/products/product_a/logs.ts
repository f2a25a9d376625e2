import { csv, type Source, sql } from '../../../src/index.js';
import type { Campaign } from './schema.js';

export type Policy = 'random' | 'bts';

/** A row of `impressions.sql`. */
interface LogRow {
  readonly policy: Policy;
  /** Index of the line in its log. */
  readonly index: number;
  readonly item_id: number;
  /** Day of the impression, UTC: `2019-11-24`. */
  readonly day: string;
  /** Microseconds since 1970. */
  readonly timestamp: bigint;
  /** 1 left, 2 center, 3 right. */
  readonly position: number;
  readonly click: boolean;
  readonly propensity_score: number;
  readonly user_feature_0: string;
  readonly user_feature_1: string;
  readonly user_feature_2: string;
  readonly user_feature_3: string;
  readonly affinity: readonly (number | null)[];
}

/** A line of the items' context. */
export interface ItemLine {
  readonly item_id: number;
  readonly item_feature_0: number;
  readonly item_feature_1: string;
  readonly item_feature_2: string;
  readonly item_feature_3: string;
}

/** The impressions of both policies. */
export function impressionLogs(campaign: Campaign): Source<LogRow> {
  const log = (policy: Policy) => new URL(`./data/${policy}_${campaign}.csv.gz`, import.meta.url);
  return sql<LogRow>(new URL('./impressions.sql', import.meta.url), {
    tables: { random_log: log('random'), bts_log: log('bts') },
    types: {
      policy: 'string',
      index: 'int32',
      item_id: 'int32',
      day: 'string',
      timestamp: 'int64',
      position: 'int32',
      click: 'bool',
      propensity_score: 'float64',
      user_feature_0: 'string',
      user_feature_1: 'string',
      user_feature_2: 'string',
      user_feature_3: 'string',
    },
    retain: 'extract',
    retainPrivate: 'The logs are public as they are: ZOZO, Inc. hashed the features before release, under CC BY 4.0.',
  });
}

export function itemContext(campaign: Campaign): Source<ItemLine> {
  return csv<ItemLine>(new URL(`./data/item_context_${campaign}.csv`, import.meta.url), {
    types: { item_id: 'int32', item_feature_0: 'float64' },
  });
}

/** An impression on its way to its item. */
export interface Impression extends Omit<LogRow, 'affinity'> {
  /** Packed, since it is shuffled. */
  readonly affinity: Float32Array;
}

/** A count that is missing becomes NaN, which the feature refuses. */
export function impressionOf(row: LogRow): Impression {
  return { ...row, affinity: Float32Array.from(row.affinity, (count) => count ?? Number.NaN) };
}

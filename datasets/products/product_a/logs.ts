import { type CsvTypes, csv, DatasetsError, type Source } from '../../../src/index.js';
import { type Campaign, campaigns } from './schema.js';

export type Policy = 'random' | 'bts';

/** A line of an impression log. The first column, the line's index, has no name. */
export interface LogLine {
  readonly '': number;
  readonly timestamp: string;
  readonly item_id: number;
  /** 1 left, 2 center, 3 right. */
  readonly position: number;
  readonly click: boolean;
  readonly propensity_score: number;
  readonly user_feature_0: string;
  readonly user_feature_1: string;
  readonly user_feature_2: string;
  readonly user_feature_3: string;
  readonly [affinity: `user-item_affinity_${number}`]: number;
}

/** A line of the items' context. */
export interface ItemLine {
  readonly item_id: number;
  readonly item_feature_0: number;
  readonly item_feature_1: string;
  readonly item_feature_2: string;
  readonly item_feature_3: string;
}

const affinityColumn = (item: number) => `user-item_affinity_${item}` as const;

export function impressionLog(policy: Policy, campaign: Campaign): Source<LogLine> {
  const affinities = Array.from({ length: campaigns[campaign].items }, (_, item) => [affinityColumn(item), 'float32']);
  const types: CsvTypes = {
    '': 'int32',
    item_id: 'int32',
    position: 'int32',
    click: 'bool',
    propensity_score: 'float64',
    ...Object.fromEntries(affinities),
  };
  return csv<LogLine>(new URL(`./data/${policy}_${campaign}.csv.gz`, import.meta.url), { types });
}

export function itemContext(campaign: Campaign): Source<ItemLine> {
  return csv<ItemLine>(new URL(`./data/item_context_${campaign}.csv`, import.meta.url), {
    types: { item_id: 'int32', item_feature_0: 'float64' },
  });
}

/** An impression on its way to its item: what of the line is stored, in few values, since it is shuffled. */
export interface Impression {
  readonly policy: Policy;
  /** Index of the line in its log. */
  readonly index: number;
  /** Day of the impression, UTC: `2019-11-24`. */
  readonly day: string;
  /** Microseconds since 1970. */
  readonly timestamp: bigint;
  readonly itemId: number;
  readonly position: number;
  readonly click: boolean;
  readonly propensityScore: number;
  readonly userFeatures: readonly [string, string, string, string];
  readonly affinity: Float32Array;
}

export function impressionOf(line: LogLine, policy: Policy, campaign: Campaign): Impression {
  return {
    policy,
    index: line[''],
    day: line.timestamp.slice(0, 10),
    timestamp: microsecondsOf(line.timestamp),
    itemId: line.item_id,
    position: line.position,
    click: line.click,
    propensityScore: line.propensity_score,
    userFeatures: [line.user_feature_0, line.user_feature_1, line.user_feature_2, line.user_feature_3],
    affinity: Float32Array.from(
      { length: campaigns[campaign].items },
      (_, item) => line[affinityColumn(item)] ?? Number.NaN,
    ),
  };
}

const timestamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\.(\d{6})\+00:00$/;

/**
 * Microseconds since 1970 of a time such as `2019-11-24 00:00:17.004101+00:00`. A Date would lose the last three digits.
 *
 * @throws DatasetsError SOURCE_MALFORMED for a time in another notation
 */
export function microsecondsOf(time: string): bigint {
  const [, day, clock, fraction] = timestamp.exec(time) ?? [];
  const milliseconds = Date.parse(`${day}T${clock}Z`);
  if (fraction === undefined || Number.isNaN(milliseconds)) {
    throw new DatasetsError('SOURCE_MALFORMED', `${JSON.stringify(time)} is not a time as the logs write it`, {
      hint: 'Times look like 2019-11-24 00:00:17.004101+00:00.',
    });
  }
  return BigInt(milliseconds) * 1000n + BigInt(fraction);
}

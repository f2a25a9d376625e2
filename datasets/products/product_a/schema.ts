import { classLabel, features, record, scalar, tensor, text } from '../../../src/index.js';

/** The campaigns, which are the configs: each shows its own items. */
export const campaigns = {
  all: { items: 80, description: 'items of the whole shop' },
  men: { items: 34, description: "men's items" },
  women: { items: 46, description: "women's items" },
} as const;

export type Campaign = keyof typeof campaigns;

const hashed = 'Hashed by ZOZO, Inc.: equal values mean equal features, nothing else is known of them.';

function impression(items: number) {
  return {
    policy: classLabel({
      names: ['random', 'bts'],
      description: 'what chose the item: uniformly random, or Bernoulli Thompson sampling',
      caveats:
        'Thompson sampling was trained for about a month before and updated in between, so its impressions depend on each other.',
    }),
    timestamp: scalar('int64', {
      description: 'when the item was shown',
      unit: 'microseconds since 1970-01-01T00:00Z',
    }),
    position: classLabel({
      names: ['left', 'center', 'right'],
      description: 'where among the three recommended items it was shown',
    }),
    click: scalar('bool', {
      description: 'whether the user clicked the item',
      caveats: 'Rare: about 0.5 % of the impressions.',
    }),
    propensity_score: scalar('float32', {
      description: 'probability with which the policy shows this item at this position',
      unit: 'probability',
      range: [0, 1],
      caveats: 'Rounded to float32 from up to 17 digits.',
    }),
    item: record(
      {
        id: classLabel({ count: items, description: 'item shown: the action' }),
        feature_0: scalar('float32', {
          description: 'a numeric property of the item, standardised',
          caveats: 'Its meaning is not published.',
        }),
        feature_1: text({ description: 'category of the item', caveats: hashed }),
        feature_2: text({ description: 'category of the item', caveats: hashed }),
        feature_3: text({ description: 'category of the item', caveats: hashed }),
      },
      { description: 'the item shown, with its context' },
    ),
  };
}

function user() {
  const feature = () => text({ description: 'category of the user', pii: 'user_features', caveats: hashed });
  return record(
    { feature_0: feature(), feature_1: feature(), feature_2: feature(), feature_3: feature() },
    { description: 'the user, who has no id: users with equal features cannot be told apart' },
  );
}

/** Version 1.0.0. */
export function impressionSchema(campaign: Campaign) {
  return features(impression(campaigns[campaign].items));
}

/** Version 1.1.0. */
export function userSchema(campaign: Campaign) {
  return features({ ...impression(campaigns[campaign].items), user: user() });
}

/** Version 1.2.0. */
export function affinitySchema(campaign: Campaign) {
  const { items } = campaigns[campaign];
  return features({
    ...impression(items),
    user: user(),
    affinity: tensor({
      dtype: 'float32',
      shape: [items],
      description: "the user's past clicks on each item of the campaign, by item id",
      unit: 'clicks',
      range: [0, 1000],
      caveats: 'Mostly zero. Counted before the impression, over a span that is not published.',
    }),
  });
}

export type ImpressionSchema = ReturnType<typeof impressionSchema>;
export type UserSchema = ReturnType<typeof userSchema>;
export type AffinitySchema = ReturnType<typeof affinitySchema>;

import { DatasetBuilder, type InputOf, type Keyed, type Pipeline } from '../../../src/index.js';
import { type Impression, type ItemLine, impressionLogs, impressionOf, itemContext } from './logs.js';
import {
  type AffinitySchema,
  affinitySchema,
  type Campaign,
  campaigns,
  type ImpressionSchema,
  impressionSchema,
  type UserSchema,
  userSchema,
} from './schema.js';

declare module '../../../src/index.js' {
  interface DatasetTypes {
    product_a: AffinitySchema;
  }
}

type Schema = ImpressionSchema | UserSchema | AffinitySchema;

/** An impression with the context of its item. */
type Joined = readonly [Impression, ItemLine];

const citation = `@article{saito2020open,
  title={Open Bandit Dataset and Pipeline: Towards Realistic and Reproducible Off-Policy Evaluation},
  author={Saito, Yuta and Shunsuke, Aihara and Megumi, Matsutani and Yusuke, Narita},
  journal={arXiv preprint arXiv:2008.07146},
  year={2020}
}`;

const positions = ['left', 'center', 'right'] as const;

/** The days of the experiment that are held out, so that nothing is learned from the future. */
const heldOut = { validation: '2019-11-29', test: '2019-11-30' } as const;

export class ProductA extends DatasetBuilder<Schema> {
  static override readonly datasetName = 'product_a';
  static override readonly versions = {
    '1.2.0': "Adds affinity: the user's past clicks on each item.",
    '1.1.0': 'Adds the four hashed features of the user.',
    '1.0.0': 'First release: every impression of both policies, with the context of its item.',
  };
  static override readonly supportedVersions = ['1.1.0', '1.0.0'];
  static override readonly configs = {
    all: campaigns.all.description,
    men: campaigns.men.description,
    women: campaigns.women.description,
  };
  /** 20,000 impressions in seven days, five of which are `train`. The experiment is over: there will never be more. */
  static override readonly expectations = {
    splits: {
      train: { minExamples: 14_000, maxExamples: 15_000 },
      validation: { minExamples: 2500, maxExamples: 3000 },
      test: { minExamples: 2500, maxExamples: 3000 },
    },
    maxChange: '0 %',
    joins: { 'impressions with items': { minMatched: '100 %' } },
  };

  override info() {
    return {
      description: `Impressions of recommended fashion items on ZOZOTOWN, with the clicks that followed.

The small version of the **Open Bandit Dataset** (credit: ZOZO, Inc.): for each campaign (\`all\`, \`men\`, \`women\`), 10,000 impressions of each of
two policies, of a seven-day experiment from 2019-11-24 to 2019-11-30. Each impression says which item was shown, where, with what probability, and
whether it was clicked: what off-policy evaluation needs.

Splits are by day (UTC): \`train\` is 24 to 28 November, \`validation\` the 29th, \`test\` the 30th; affinity counts past clicks, so that a random split would leak.
Keys are policy and line of the log, as in \`bts/17\`.`,
      features: this.#schema(),
      homepage: 'https://research.zozo.com/data.html',
      citation,
      license: 'CC-BY-4.0',
      owner: 'ads-ranking@ailab.example',
      tags: ['recommendation', 'bandit', 'off-policy evaluation'],
      privacy: {
        user_features: {
          policy: 'keep',
          reason:
            'The context that a policy acts on. Hashed by ZOZO, Inc. before release: 3 to 9 values a feature, a few hundred combinations, no user id.',
        } as const,
      },
    };
  }

  override splits(pipeline: Pipeline) {
    const impressions = this.#impressions(pipeline);
    const on = (wanted: (day: string) => boolean) =>
      impressions.filter(([, [impression]]) => wanted(impression.day)).mapValues((joined) => this.#example(joined));
    return {
      train: on((day) => day < heldOut.validation),
      validation: on((day) => day === heldOut.validation),
      test: on((day) => day >= heldOut.test),
    };
  }

  get #campaign(): Campaign {
    return this.config === 'men' || this.config === 'women' ? this.config : 'all';
  }

  #schema(): Schema {
    if (this.version === '1.0.0') return impressionSchema(this.#campaign);
    if (this.version === '1.1.0') return userSchema(this.#campaign);
    return affinitySchema(this.#campaign);
  }

  #impressions(pipeline: Pipeline): Keyed<string, Joined> {
    const campaign = this.#campaign;
    const items = pipeline.read(itemContext(campaign), { name: 'items' }).keyBy((item) => item.item_id);
    return pipeline
      .read(impressionLogs(campaign), { name: 'logs' })
      .map(impressionOf)
      .keyBy((impression) => impression.item_id)
      .join(items, { maxUnmatched: 0, name: 'impressions with items' })
      .values()
      .keyBy(([{ policy, index }]) => `${policy}/${index}`);
  }

  #example([impression, item]: Joined): InputOf<Schema> {
    const base = baseExample(impression, item);
    if (this.version === '1.0.0') return base;
    const user = {
      feature_0: impression.user_feature_0,
      feature_1: impression.user_feature_1,
      feature_2: impression.user_feature_2,
      feature_3: impression.user_feature_3,
    };
    const withUser = { ...base, user };
    if (this.version === '1.1.0') return withUser;
    return { ...withUser, affinity: impression.affinity };
  }
}

/** What every version has. */
function baseExample(impression: Impression, item: ItemLine): InputOf<ImpressionSchema> {
  const { policy, timestamp, position, click, propensity_score } = impression;
  return {
    policy,
    timestamp,
    // An unknown position stays a number, which the feature refuses.
    position: positions[position - 1] ?? position,
    click,
    propensity_score,
    item: {
      id: item.item_id,
      feature_0: item.item_feature_0,
      feature_1: item.item_feature_1,
      feature_2: item.item_feature_2,
      feature_3: item.item_feature_3,
    },
  };
}

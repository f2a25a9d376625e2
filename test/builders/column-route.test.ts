import assert from 'node:assert/strict';
import { FilesBuilder } from '../../builders/index.js';
import { type ColumnRoute, columnRoute } from '../../src/engines/task/column-route.js';
import { type AnyFeature, features, scalar, text } from '../../src/features/index.js';
import { buildGraph, column, type Pipeline, pick, planPipeline } from '../../src/pipeline/index.js';
import { columnsReader, csv, withPlaces } from '../../src/sources/index.js';

const schema = features({ stars: scalar('int32'), comment: text() });

/** The route of the rows of a pipeline's first stage. */
async function routeOf(splits: (pipeline: Pipeline) => unknown): Promise<ColumnRoute | undefined> {
  const facts = { snapshotTime: new Date(0).toISOString(), once: {} };
  const graph = await buildGraph(splits, { facts, mayAskFacts: true });
  const [stage] = planPipeline(graph).stages;
  assert.ok(stage !== undefined);
  return columnRoute(stage, graph);
}

describe('rows that need not be objects', () => {
  for (const [files, layout, deal] of [
    ['reviews.csv', {}, undefined],
    ['reviews.jsonl', { columns: { comment: 'remark' } }, undefined],
    ['reviews.tsv', { splits: { fractions: { train: 0.9, test: 0.1 } } }, 'id'],
    ['reviews.csv.gz', { splits: { fractions: { train: 0.9, test: 0.1 }, by: 'user' } }, 'user'],
  ] as const) {
    it(`are those of FilesBuilder with ${JSON.stringify({ files, ...layout })}`, async () => {
      class Reviews extends FilesBuilder<typeof schema> {
        static override readonly datasetName = 'reviews';
        static override readonly versions = { '1.0.0': 'First release.' };
        protected override readonly layout = { files, key: 'id', ...layout };
        override info() {
          return { description: 'Reviews.', features: schema as AnyFeature & typeof schema };
        }
      }
      const builder = new Reviews({ version: '1.0.0' } as never);
      const route = await routeOf((pipeline) => builder.splits(pipeline));
      assert.equal(route?.key, 'id');
      assert.equal(route.deal?.by, deal);
      const comment = 'columns' in layout ? layout.columns.comment : 'comment';
      for (const branch of route.branches)
        assert.deepEqual(
          [...(branch?.picked ?? [])],
          [
            ['stars', 'stars'],
            ['comment', comment],
          ],
        );
      assert.equal(route.branches.length, deal === undefined ? 1 : 2);
    });
  }

  const rows = (pipeline: Pipeline) => pipeline.read(csv<{ id: string; stars: string }>('reviews.csv'));

  it('are none that a function of the author sees', async () => {
    const own = ({ stars }: { stars: string }) => ({ stars });
    for (const splits of [
      (p: Pipeline) => ({
        train: rows(p)
          .keyBy((row) => row.id)
          .mapValues(pick(['stars'])),
      }),
      (p: Pipeline) => ({ train: rows(p).keyBy(column('id')).mapValues(own) }),
      (p: Pipeline) => ({
        train: rows(p)
          .filter(() => true)
          .keyBy(column('id'))
          .mapValues(pick(['stars'])),
      }),
      (p: Pipeline) =>
        rows(p)
          .keyBy(column('id'))
          .mapValues(pick(['stars']))
          .splitBy(column('stars'), { train: 0.5, test: 0.5 }),
    ]) {
      assert.equal(await routeOf(splits), undefined);
    }
  });

  it('are none of which more than the splits is made', async () => {
    const splits = (p: Pipeline) => {
      const keyed = rows(p).keyBy(column('id'));
      return {
        train: keyed.mapValues(pick(['stars'])),
        distinct: keyed
          .values()
          .distinct()
          .keyBy(column('id'))
          .mapValues(pick(['stars'])),
      };
    };
    assert.equal(await routeOf(splits), undefined);
  });

  it('are none of a source that somebody made of another one', () => {
    const whole = csv('reviews.csv');
    assert.ok(columnsReader(whole) !== undefined);
    assert.ok(columnsReader({ ...whole }) !== undefined);
    assert.equal(columnsReader({ ...whole, read: (shard, context) => whole.read(shard, context) }), undefined);
    assert.equal(columnsReader(withPlaces(csv('reviews.csv'))), undefined);
  });
});

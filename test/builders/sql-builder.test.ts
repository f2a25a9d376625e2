import assert from 'node:assert/strict';
import { type FamilyCode, FamilyProject } from './family-project.js';

const rows = Array.from({ length: 100 }, (_, index) => ({
  id: `r${index}`,
  stars: 1 + (index % 5),
  price: index / 4,
  note: index % 3 === 0 ? '' : `n${index}`,
  part: index % 2 === 0 ? 'train' : 'test',
}));
const table = `id,stars,price,note,part\n${rows.map(({ id, stars, price, note, part }) => [id, stars, price, note, part].join(',')).join('\n')}\n`;

const declarations = `
const schema = features({
  id: text(),
  stars: scalar('int32'),
  price: scalar('float64'),
  note: optional(text()),
});`;

function sqlCode(layout: string, schema = declarations): FamilyCode {
  return {
    imports: ['features', 'FilesBuilder', 'optional', 'scalar', 'SqlBuilder', 'text'],
    declarations: schema,
    family: 'SqlBuilder<typeof schema>',
    members: `
  protected override readonly layout = ${layout} as const;
  override info() {
    return { description: 'Rows.', features: schema };
  }`,
  };
}

describe('SqlBuilder', () => {
  let project: FamilyProject;
  before(() => {
    project = new FamilyProject();
  });
  after(() => project.remove());

  const layout = `{
    query: new URL('./rows.sql', import.meta.url),
    tables: { rows: 'rows.csv' },
    params: { least: 0 },
    key: 'id',
    splits: { column: 'part', names: ['train', 'test'] },
  }`;

  it('makes of a query the data set that the files make, bit by bit', async () => {
    project.write('queried/rows.csv', table);
    project.write(
      'queried/rows.sql',
      'SELECT id, CAST(stars AS BIGINT) AS stars, CAST(price AS DECIMAL(9, 2)) AS price, note, part FROM rows WHERE CAST(stars AS INTEGER) >= $least',
    );
    const queried = await project.build('queried', sqlCode(layout));
    project.write('filed/rows.csv', table);
    const filed = await project.build('filed', {
      ...sqlCode(`{ files: 'rows.csv', key: 'id', splits: { column: 'part', names: ['train', 'test'] } }`),
      family: 'FilesBuilder<typeof schema>',
    });
    assert.deepEqual(
      queried.splits.map(({ name, examples }) => [name, examples]),
      [
        ['train', 50],
        ['test', 50],
      ],
    );
    assert.ok(filed.contentDigest !== undefined);
    assert.equal(queried.contentDigest, filed.contentDigest);
  });

  for (const [what, query, pattern] of [
    [
      'a number that NULL may stand for',
      "SELECT id, CASE WHEN id = 'r7' THEN NULL ELSE 1 END AS stars, 0.5 AS price, note, part FROM rows WHERE $least = 0",
      /column stars is NULL in 1 of 100 rows/,
    ],
    [
      'a text where a number must be',
      'SELECT id, stars, 0.5 AS price, note, part FROM rows WHERE $least = 0',
      /column stars is VARCHAR, and is declared int32/,
    ],
    ['a result without a column', 'SELECT id, 1 AS stars, note, part FROM rows WHERE $least = 0', /price/],
  ] as const) {
    it(`refuses ${what}, naming query and column`, async () => {
      project.write('wrong/rows.csv', table);
      project.write('wrong/rows.sql', query);
      await assert.rejects(project.build('wrong', sqlCode(layout)), (error: Error) => {
        assert.match(`${error.message} ${String(error.cause)}`, pattern);
        return true;
      });
    });
  }

  it('reads dates as texts', async () => {
    project.write('dated/rows.sql', "SELECT 1 AS id, DATE '2026-01-31' AS day");
    const schema = `const schema = features({ day: text() });`;
    const built = await project.build(
      'dated',
      sqlCode(`{ query: new URL('./rows.sql', import.meta.url), key: 'id' }`, schema),
    );
    project.write('dated_file/rows.csv', 'id,day\n1,2026-01-31\n');
    const filed = await project.build('dated_file', {
      ...sqlCode(`{ files: 'rows.csv', key: 'id' }`, schema),
      family: 'FilesBuilder<typeof schema>',
    });
    assert.ok(filed.contentDigest !== undefined);
    assert.equal(built.contentDigest, filed.contentDigest);
  });
});

import assert from 'node:assert/strict';
import type { Checked } from '../datasets/build-dataset.js';
import { type Gcs, requireGcs } from '../gcs/index.js';
import { plain, requireOracle } from '../oracle/index.js';
import { type FamilyCode, FamilyProject } from './family-project.js';

interface Review {
  readonly id: number;
  readonly user: string;
  readonly stars: number;
  readonly price: number;
  readonly mood: string;
  readonly note: string | null;
  readonly part: string;
}

const reviews: readonly Review[] = Array.from({ length: 300 }, (_, id) => ({
  id: 2 ** 40 + id,
  user: `u${id % 40}`,
  stars: 1 + (id % 5),
  price: id / 8,
  mood: ['bad', 'fair', 'good'][id % 3] ?? 'bad',
  note: id % 4 === 0 ? null : `Number ${id}, "quoted"`,
  part: id % 10 < 7 ? 'train' : 'test',
}));

function csvOf(rows: readonly Review[]): string {
  const lines = rows.map(({ id, user, stars, price, mood, note, part }) =>
    [id, user, stars, price, mood, note === null ? '' : `"${note.replaceAll('"', '""')}"`, part].join(','),
  );
  return `id,user,stars,price,mood,note,part\n${lines.join('\n')}\n`;
}

function jsonlOf(rows: readonly Review[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** The same without what is null, and with what no feature takes. */
function sparseJsonlOf(rows: readonly Review[]): string {
  const lines = rows.map(({ note, ...row }) => ({
    ...row,
    ...(note !== null && { note }),
    tags: [row.mood, { a: '"]' }],
  }));
  return lines.map((line, i) => `${JSON.stringify(i % 3 === 0 ? { ...line, seen: true } : line)}\n`).join('');
}

const declarations = `
const schema = features({
  id: scalar('int64'),
  stars: scalar('int32'),
  price: scalar('float64'),
  mood: classLabel({ names: ['bad', 'fair', 'good'] }),
  note: optional(text()),
});`;

function filesCode(layout: string, schema = declarations): FamilyCode {
  return {
    imports: ['classLabel', 'features', 'FilesBuilder', 'filesBySplit', 'optional', 'record', 'scalar', 'text'],
    declarations: schema,
    family: 'FilesBuilder<typeof schema>',
    members: `
  protected override readonly layout = ${layout} as const;
  override info() {
    return { description: 'Reviews.', features: schema };
  }`,
  };
}

describe('FilesBuilder', () => {
  let project: FamilyProject;
  before(() => {
    project = new FamilyProject();
  });
  after(() => project.remove());

  const refusal = (name: string, layout: string, pattern: RegExp, schema?: string) =>
    assert.rejects(project.build(name, filesCode(layout, schema)), (error: Error & { hint?: string }) => {
      const causes: string[] = [];
      for (let at: unknown = error; at instanceof Error; at = at.cause)
        causes.push(at.message, String((at as { hint?: string }).hint));
      assert.match(causes.join('\n'), pattern);
      return true;
    });

  for (const [kind, files] of [
    [
      'folders',
      {
        'train/a.csv': [0, 100],
        'train/deep/b.csv.gz': [100, 200],
        'validation/c.csv': [200, 250],
        'test/d.csv': [250, 300],
      },
    ],
    ['names', { 'train.csv': [0, 200], 'validation.csv': [200, 250], 'test.csv': [250, 300] }],
    [
      'shards',
      {
        'reviews-train-00000-of-00002.csv': [0, 100],
        'reviews-train-00001-of-00002.csv': [100, 200],
        'reviews-validation-00000-of-00001.csv': [200, 250],
        'reviews-test-00000-of-00001.csv': [250, 300],
      },
    ],
  ] as const) {
    it(`finds the files of each split, and their rows, as Hugging Face datasets does: ${kind}`, async function () {
      const oracle = requireOracle(this);
      const name = `found_${kind}`;
      for (const [file, [from, to]] of Object.entries(files))
        project.write(`${name}/data/${file}`, csvOf(reviews.slice(from, to)));
      const { directory } = await project.build(
        name,
        filesCode(`{ files: filesBySplit('data', 'csv', ['train', 'validation', 'test']), key: 'id' }`),
      );
      const checked = (await oracle.call('datasets.as_hugging_face_loads', {
        directory,
        module: 'csv',
        folder: project.path(`${name}/data`),
        columns: ['id', 'stars', 'price', 'mood', 'note'],
        scratch: project.path(`${name}/scratch`),
      })) as Checked;
      assert.deepEqual(checked.problems, []);
      assert.deepEqual(checked.examples, { train: 200, validation: 50, test: 50 });
    });
  }

  it('gives the same data set, bit by bit, from CSV, TSV, JSON Lines, JSON, Parquet and Arrow', async function () {
    const oracle = requireOracle(this);
    const column = (type: string, name: keyof Review) => ({ type, values: reviews.map((row) => row[name]) });
    const digests: (string | undefined)[] = [];
    for (const ending of ['csv', 'csv.gz', 'tsv', 'jsonl', 'json', 'parquet', 'arrow']) {
      const name = `format_${ending.replace('.', '_')}`;
      const file = `${name}/reviews.${ending}`;
      if (ending.startsWith('csv')) project.write(file, csvOf(reviews));
      else if (ending === 'tsv')
        project.write(
          file,
          csvOf(reviews)
            .replaceAll(',', '\t')
            .replaceAll(/(Number \d+)\t/g, '$1,'),
        );
      else if (ending === 'jsonl') project.write(file, jsonlOf(reviews));
      else if (ending === 'json') project.write(file, JSON.stringify(reviews));
      else {
        project.write(file, '');
        const columns = {
          id: { type: 'pa.int64()', values: reviews.map(({ id }) => BigInt(id)) },
          user: column('pa.string()', 'user'),
          stars: { type: 'pa.int64()', values: reviews.map(({ stars }) => BigInt(stars)) },
          price: column('pa.float64()', 'price'),
          mood: column('pa.string()', 'mood'),
          note: column('pa.string()', 'note'),
        };
        await oracle.call(ending === 'arrow' ? 'arrow.write_stream' : 'arrow.write_parquet', {
          file: project.path(file),
          columns,
        });
      }
      const { contentDigest, splits } = await project.build(
        name,
        filesCode(
          `{ files: 'reviews.${ending}', key: 'id', splits: { fractions: { train: 0.8, test: 0.2 }, by: 'user' } }`,
        ),
      );
      assert.equal(
        splits.reduce((sum, { examples }) => sum + examples, 0),
        reviews.length,
      );
      digests.push(contentDigest);
    }
    assert.ok(digests[0] !== undefined);
    assert.deepEqual(
      digests,
      digests.map(() => digests[0]),
    );
  });

  for (const [name, ending, contentOf] of [
    ['csv', 'csv', csvOf],
    ['jsonl', 'jsonl', jsonlOf],
    ['sparse_jsonl', 'jsonl', sparseJsonlOf],
  ] as const) {
    it(`gives from ${name} the same with its own functions, which make no object of a row, as with an author's`, async () => {
      // So many that most of the file is behind the chunk with the header.
      const many = Array.from({ length: 3000 }, (_, i) => {
        const review = reviews[i % reviews.length] as Review;
        return { ...review, id: i, note: review.note === null ? null : `${review.note} ${'é'.repeat(i % 60)} \\` };
      });
      const content = contentOf(many);
      const [own, theirs] = [`own_${name}`, `theirs_${name}`];
      project.write(`${own}/reviews.${ending}`, content);
      project.write(`${theirs}/reviews.${ending}`, content);
      const code = filesCode(
        `{ files: 'reviews.${ending}', key: 'id', splits: { fractions: { train: 0.7, test: 0.3 }, by: 'user' } }`,
      );
      const built = await project.build(own, code);
      const types = "{ types: { id: 'int64', stars: 'int32', price: 'float64', note: 'string?' } as const }";
      const read = ending === 'csv' ? `csv<any>('reviews.csv', ${types})` : `jsonl<any>('reviews.jsonl')`;
      const { contentDigest } = await project.build(theirs, {
        ...code,
        imports: [...code.imports, 'csv', 'DatasetBuilder', 'jsonl'],
        family: 'DatasetBuilder<typeof schema>',
        members: `
  override info() {
    return { description: 'Reviews.', features: schema };
  }
  override splits(pipeline: any) {
    const rows = pipeline.read(${read}).keyBy((row: any) => row.id);
    const { train, test } = rows.splitBy((row: any) => row.user, { train: 0.7, test: 0.3 });
    const example = ({ id, stars, price, mood, note }: any) => ({ id, stars, price, mood, note });
    return { train: train.mapValues(example), test: test.mapValues(example) };
  }`,
      });
      assert.equal(contentDigest, built.contentDigest);

      const [first, ...rest] = content.split(/(?=\n.*\b2500\b)/);
      const broken = [
        first,
        rest
          .join('')
          .replace(
            ending === 'csv' ? /\bfair\b|\bgood\b|\bbad\b/ : /"(?:fair|good|bad)"/,
            ending === 'csv' ? 'glum' : '"glum"',
          ),
      ].join('');
      project.write(`broken_${name}/reviews.${ending}`, broken);
      await refusal(
        `broken_${name}`,
        `{ files: 'reviews.${ending}', key: 'id' }`,
        /mood: .*"glum".*reviews\.\w+ line 250[12]\b/,
      );
    });
  }

  it('keeps rows of one user in one split', async function () {
    const oracle = requireOracle(this);
    const schema = declarations.replace('note:', 'user: text(),\n  note:');
    project.write('users/reviews.csv', csvOf(reviews));
    const { directory } = await project.build(
      'users',
      filesCode(
        `{ files: 'reviews.csv', key: 'id', splits: { fractions: { train: 0.5, test: 0.5 }, by: 'user' } }`,
        schema,
      ),
    );
    const users = async (split: string) =>
      new Set(
        (plain(await oracle.call('tfds.read', { directory, split })) as readonly { user: Uint8Array }[]).map(
          ({ user }) => `${user}`,
        ),
      );
    const [train, test] = [await users('train'), await users('test')];
    assert.equal(train.size + test.size, 40);
    assert.deepEqual(
      [...train].filter((user) => test.has(user)),
      [],
    );
  });

  it('takes the split of a row from a column', async () => {
    project.write('parts/reviews.jsonl', jsonlOf(reviews));
    const layout = `{ files: 'reviews.jsonl', key: 'id', splits: { column: 'part', names: ['train', 'test'] } }`;
    const { splits } = await project.build('parts', filesCode(layout));
    assert.deepEqual(
      splits.map(({ name, examples }) => [name, examples]),
      [
        ['train', 210],
        ['test', 90],
      ],
    );
    project.write('strays/reviews.jsonl', jsonlOf([...reviews, { ...reviews[0], id: 1, part: 'tset' } as Review]));
    await refusal(
      'strays',
      layout,
      /the column part says which split a row is of, and holds "tset", which is none\nThe splits are: train, test/,
    );
  });

  it('never shows the value of a split that is personal data', async () => {
    project.write('private/reviews.jsonl', jsonlOf([{ ...reviews[0], part: 'Ada' } as Review]));
    const schema = declarations.replace('note:', "part: text({ pii: 'name' }),\n  note:");
    const code = filesCode(
      `{ files: 'reviews.jsonl', key: 'id', splits: { column: 'part', names: ['train'] } }`,
      schema,
    );
    const members = code.members.replace(
      'features: schema',
      "features: schema, privacy: { name: { policy: 'drop' } } as const",
    );
    await assert.rejects(project.build('private', { ...code, members }), (error: Error) => {
      assert.match(`${error.message} ${String(error.cause)}`, /holds a value that is none/);
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /Ada/);
      return true;
    });
  });

  it('identifies rows without a key by their file and their index there', async function () {
    const oracle = requireOracle(this);
    const rows = { 'day-1/a.csv': reviews.slice(0, 120), 'day-2/a.csv': reviews.slice(120, 300) };
    for (const [file, part] of Object.entries(rows)) project.write(`places/logs/${file}`, csvOf(part));
    const { directory } = await project.build('places', filesCode(`{ files: 'logs/day-*/a.csv' }`));
    const expected = Object.entries(rows).flatMap(([file, part]) =>
      part.map((row, index) => [`${file}/${index}`, String(row.id)] as const),
    );
    const checked = (await oracle.call('datasets.keys_give_order', {
      directory,
      split: 'train',
      column: 'id',
      expected: Object.fromEntries(expected),
    })) as Checked;
    assert.deepEqual(checked.problems, []);
  });

  it('counts rows of every format alike', async function () {
    const oracle = requireOracle(this);
    const digests: (string | undefined)[] = [];
    const schema = `const schema = features({ stars: scalar('int32') });`;
    for (const ending of ['csv', 'jsonl', 'json', 'parquet', 'arrow']) {
      const name = `counted_${ending}`;
      // The file's name is in the key.
      const file = `${name}/reviews`;
      project.write(
        file,
        ending === 'csv' ? csvOf(reviews) : ending === 'json' ? JSON.stringify(reviews) : jsonlOf(reviews),
      );
      if (ending === 'parquet' || ending === 'arrow') {
        const columns = { stars: { type: 'pa.int64()', values: reviews.map(({ stars }) => BigInt(stars)) } };
        const operation = ending === 'arrow' ? 'arrow.write_stream' : 'arrow.write_parquet';
        await oracle.call(operation, { file: project.path(file), columns });
      }
      const built = await project.build(name, filesCode(`{ files: 'reviews', format: '${ending}' }`, schema));
      digests.push(built.contentDigest);
    }
    assert.ok(digests[0] !== undefined);
    assert.deepEqual(
      digests,
      digests.map(() => digests[0]),
    );
  });

  it('reads columns that are called other than their fields', async () => {
    project.write('renamed/a.csv', 'Item No.,How many stars?\n1,5\n2,3\n');
    const schema = `const schema = features({ item: scalar('int64'), stars: scalar('int32') });`;
    const layout = `{ files: 'a.csv', key: 'Item No.', columns: { item: 'Item No.', stars: 'How many stars?' } }`;
    assert.equal((await project.build('renamed', filesCode(layout, schema))).splits[0]?.examples, 2);
    project.write('misnamed/a.csv', 'item,stars\n1,5\n');
    await refusal(
      'misnamed',
      `{ files: 'a.csv', columns: { start: 'stars' } }`,
      /columns names start, which is no field.*\nThe fields are: item, stars/,
      schema,
    );
    project.write('lacking/a.csv', 'item,star\n1,5\n');
    await refusal('lacking', `{ files: 'a.csv' }`, /has no column "stars"/, schema);
  });

  it('leaves out malformed rows up to a limit', async () => {
    const schema = `const schema = features({ stars: scalar('int32') });`;
    project.write('broken/a.csv', 'stars\n1\nmany\n3\n');
    const layout = `{ files: 'a.csv', maxBadRows: 1 }`;
    assert.equal((await project.build('broken', filesCode(layout, schema))).splits[0]?.examples, 2);
    await refusal('strict', `{ files: '../broken/a.csv' }`, /a\.csv line 3, column 1/, schema);
    await refusal(
      'binary',
      `{ files: 'a.parquet', maxBadRows: 1 }`,
      /maxBadRows goes with rows that are lines/,
      schema,
    );
  });

  it('says what it lacks to know the files', async () => {
    project.write('unknown/reviews.dat', 'x');
    await refusal(
      'unknown',
      `{ files: 'reviews.dat' }`,
      /reviews\.dat does not tell what format.*\nSay it: format: 'csv'/,
    );
    project.write('twice/a.csv', csvOf(reviews));
    await refusal(
      'twice',
      `{ files: { train: 'a.csv' }, splits: { fractions: { train: 1 } } }`,
      /named by split.*\nLeave out/,
    );
  });

  it('reads a bucket as it reads a folder', async function () {
    const gcs: Gcs = await requireGcs(this);
    const bucket = await gcs.newBucket();
    const files = { 'train/a.csv': reviews.slice(0, 200), 'test/b.csv': reviews.slice(200) };
    for (const [file, rows] of Object.entries(files)) {
      project.write(`here/data/${file}`, csvOf(rows));
      await bucket.storage.write(`data/${file}`, csvOf(rows));
    }
    const layout = (folder: string) => `{ files: filesBySplit('${folder}', 'csv', ['train', 'test']) }`;
    const here = await project.build('here', filesCode(layout('data')));
    const there = await project.build('there', filesCode(layout(`${bucket.url}/data`)));
    assert.ok(here.contentDigest !== undefined);
    assert.equal(there.contentDigest, here.contentDigest);
  });
});

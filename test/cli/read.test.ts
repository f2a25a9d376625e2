import assert from 'node:assert/strict';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { rebuildableText } from '../../cli/show/rebuildable-text.js';
import { requireOracle } from '../oracle/index.js';
import { TemporaryProject } from './run-cli.js';

/** A small data set with an image, private fields, a policy of each kind, and text that would upset a terminal. */
const people = `
import { classLabel, DatasetBuilder, features, image, optional, type Pipeline, record, scalar, tensor, text } from 'ailab-datasets';

const schema = features({
  photo: image({ shape: [4, 4, 3], description: 'a portrait' }),
  role: classLabel({ names: ['student', 'teacher'] }),
  height: scalar('float32', { description: 'without shoes', unit: 'cm', range: [20, 280], caveats: 'self-reported' }),
  person: record({ name: text({ pii: 'name' }), mail: text({ pii: 'mail' }) }),
  nick: optional(text()),
  scores: tensor({ dtype: 'float64', shape: [2] }),
});

export class People extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'people';
  static override readonly versions = { '1.1.0': 'Adds scores.', '1.0.0': 'First release.' };
  override info() {
    return {
      description: 'People at a\\nschool.\\n\\n- a list\\n- stays',
      features: schema,
      supervisedKeys: ['photo', 'role'] as const,
      license: 'CC-BY-4.0',
      owner: 'school@example.org',
      citation: '@misc{people}',
      privacy: { name: { policy: 'keep', reason: 'they agreed' }, mail: { policy: 'mask' } } as const,
    };
  }
  override splits(pipeline: Pipeline) {
    return {
      train: pipeline.generate(function* () {
        for (let i = 0; i < 12; i++) {
          yield [
            i,
            {
              photo: new Uint8Array(48).fill(i % 2 === 0 ? 255 : 0),
              role: i % 2,
              height: 150.1 + i,
              person: { name: \`Ada \${i % 3}\`, mail: \`ada\${i}@example.org\` },
              nick: i % 2 === 0 ? null : 'na\\u00efve \\u001b[2J "x"',
              scores: [i / 3, -i],
            },
          ] as const;
        }
      }),
    };
  }
}
`;

describe('commands that read a version', () => {
  let project: TemporaryProject;
  let directory: string;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{"type": "module"}',
      'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
      'datasets/people/builder.ts': people,
    });
    const built = await project.run(['build', 'people', '--runner', 'inline']);
    assert.equal(built.code, 0, built.stderr);
    directory = project.path('registry/people/1.1.0');
  });
  after(() => project.remove());

  describe('info', () => {
    it('shows what a newcomer needs: description, versions, splits, features with units and caveats, licence, citation', async () => {
      const { code, stdout } = await project.run(['info', 'people'], { env: { COLUMNS: '100' } });
      assert.equal(code, 0);
      assert.match(stdout, /^people:1\.1\.0 {2}published$/m);
      assert.match(stdout, /^People at a school\.\n\n- a list\n- stays$/m);
      assert.match(stdout, /^ {2}1\.1\.0 +yes +Adds scores\.$/m);
      assert.match(stdout, /^ {2}1\.0\.0 +First release\.$/m);
      assert.match(stdout, /^ {2}train +12 +1 /m);
      assert.match(stdout, /^ {2}height +float32 +without shoes \(in cm, 20 to 280\)\n +Caveat: self-reported$/m);
      assert.match(stdout, /^ {2}nick +text, may be absent$/m);
      assert.match(stdout, /^ {2}person\/name +text +Personal data: name$/m);
      assert.match(stdout, /^ {2}name +kept: they agreed$/m);
      assert.match(stdout, /^ {2}licence +CC-BY-4\.0$/m);
      assert.match(stdout, /^ {2}@misc\{people\}$/m);
      assert.ok(stdout.split('\n').every((line) => line.length <= 100));
    });

    it('describes a data set from its builder where nothing is published', async () => {
      const { code, stdout } = await project.run(['info', 'product_a/men']);
      assert.equal(code, 0);
      assert.match(stdout, /^product_a\/men:1\.2\.0 {2}not published$/m);
      assert.match(stdout, /^ {2}1\.0\.0 +First release/m);
    });

    it('gives the same facts as JSON', async () => {
      const card = (await project.json(['info', 'people'])) as Readonly<Record<string, unknown>>;
      assert.equal(card['directory'], directory);
      assert.deepEqual(card['supervisedKeys'], ['photo', 'role']);
      const fields = card['fields'] as readonly Readonly<Record<string, unknown>>[];
      assert.deepEqual(fields.find(({ path }) => path === 'height')?.['range'], [20, 280]);
    });
  });

  describe('show', () => {
    it('shows examples field by field: labels by name, floats as short as they are, images as pictures', async () => {
      const { code, stdout } = await project.run(['show', 'people', '-n', '12']);
      assert.equal(code, 0);
      assert.match(stdout, /^people:1\.1\.0 {2}train, 12 examples$/m);
      assert.match(stdout, /^example 11$/m);
      assert.match(stdout, /^ {2}role +1 \(teacher\)$/m);
      assert.match(stdout, /^ {2}height +153\.1$/m);
      assert.match(stdout, /^ {2}photo +4 × 4 × 3 png, \d+ B\n +@@@@\n +@@@@$/m);
      assert.match(stdout, /^ {2}scores +\[2\] 1, -3$/m);
      assert.match(stdout, /^ {2}nick +—$/m);
    });

    it('hides personal data that was kept, shows what was masked, and escapes what would upset the terminal', async () => {
      const { stdout } = await project.run(['show', 'people', '-n', '12']);
      assert.doesNotMatch(stdout, /Ada/);
      assert.equal(new Set(stdout.match(/sha256:[0-9a-f]{12}…/g)).size, 3);
      assert.doesNotMatch(stdout, /example\.org/);
      assert.ok(!stdout.includes(String.fromCharCode(27)));
      assert.match(stdout, /naïve \\u001b\[2J/);
      assert.match(stdout, /--reveal shows it as it is/);
      const revealed = await project.run(['show', 'people', '--reveal']);
      assert.match(revealed.stdout, /"Ada \d"/);
      assert.doesNotMatch(revealed.stdout, /sha256|--reveal/);
      const { examples } = (await project.json(['show', 'people'])) as {
        readonly examples: readonly { readonly person: { readonly name: string } }[];
      };
      assert.match(examples[0]?.person.name ?? '', /^sha256:/);
    });

    it('takes a split expression, a number, features, and an offset', async () => {
      const { stdout } = await project.run([
        'show',
        'people',
        '--split',
        'train[50%:]',
        '-n',
        '2',
        '--skip',
        '1',
        '--fields',
        'person,role',
      ]);
      assert.match(stdout, /train\[50%:\], 6 examples/);
      assert.deepEqual(stdout.match(/^example \d+$/gm), ['example 1', 'example 2']);
      assert.doesNotMatch(stdout, /height/);
      assert.match(stdout, /person\/name/);
    });

    for (const [argv, code, pattern] of [
      [
        ['people', '--split', 'tran'],
        3,
        /error\[SPLIT_UNKNOWN\]: people:1\.1\.0: .*no split tran\n(?:.*\n)*hint: Did you mean train/,
      ],
      [['people', '--split', 'train[oops]'], 2, /error\[SPLIT_EXPRESSION_INVALID\]/],
      [['people', '--fields', 'hight'], 2, /--fields names hight.*\n(?:.*\n)*hint: Did you mean height/],
      [['people:9.9.9'], 3, /error\[VERSION_UNKNOWN\]/],
    ] as const) {
      it(`ends with exit code ${code} for show ${argv.join(' ')}`, async () => {
        const outcome = await project.run(['show', ...argv]);
        assert.equal(outcome.code, code, outcome.stdout);
        assert.match(outcome.stderr, pattern);
      });
    }
  });

  describe('a version that a query made', () => {
    const counts = (retain: string) => `
import { DatasetBuilder, features, scalar, sql, type Pipeline } from 'ailab-datasets';

const schema = features({ n: scalar('int64') });

export class Counts extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'counts';
  static override readonly versions = { '1.0.0': 'First release.' };
  override info() { return { description: 'Counts.', features: schema }; }
  override splits(p: Pipeline) {
    const rows = p.read(sql<{ n: bigint }>('SELECT range AS n FROM range(3)', { retain: '${retain}' }));
    return { train: rows.keyBy(({ n }) => n).mapValues(({ n }) => ({ n })) };
  }
}
`;

    it('says in info and show until when it can be built again, and why', async () => {
      for (const [retain, text] of [
        ['none', /rebuildable +never: .*nothing is kept of it/],
        ['extract', /rebuildable +always: the result of .* is kept/],
      ] as const) {
        await project.write('datasets/counts/builder.ts', counts(retain));
        const built = await project.run(['build', 'counts', '--overwrite', '--runner', 'inline']);
        assert.equal(built.code, 0, built.stderr);
        const env = { COLUMNS: '300' };
        for (const command of ['info', 'show'])
          assert.match((await project.run([command, 'counts'], { env })).stdout, text);
      }
      const { rebuildable } = (await project.json(['info', 'counts'])) as {
        readonly rebuildable: { readonly until: string };
      };
      assert.equal(rebuildable.until, 'always');
      assert.doesNotMatch((await project.run(['info', 'people'])).stdout, /rebuildable/);
      assert.equal(
        rebuildableText({ until: '2027-11-21T09:30:00.000Z', why: 'it is kept' }),
        'until 2027-11-21: it is kept',
      );
    });
  });

  describe('a directory that tfds prepared', () => {
    let registry: string;
    before(async () => {
      registry = project.path('prepared');
      await project.run(['build', 'people', '--file-format', 'tfrecord', '--registry', registry, '--runner', 'inline']);
      // What tfds writes: no manifest and no key index.
      await rm(project.path('prepared/people/1.1.0/manifest.json'));
      await rm(project.path('prepared/people/1.1.0/index'), { recursive: true });
    });

    it('is listed, described, shown, verified and exported as text like any version', async () => {
      const of = (...argv: readonly string[]) => project.run([...argv, '--registry', registry, '--quiet']);
      assert.match((await of('list')).stdout, /^people +1\.1\.0 /m);
      assert.match((await of('info', 'people')).stdout, /^ {2}train +12 +1 +\?$/m);
      assert.match((await of('show', 'people')).stdout, /^ {2}role +\d \((?:student|teacher)\)$/m);
      assert.match(
        (await of('verify', 'people')).stdout,
        /^people:1\.1\.0 ok: 12 examples, readable; tfds prepared it/,
      );
      assert.match(
        (await of('snippet', 'people', '--for', 'tfds')).stdout,
        /builder_from_directory\('.*\/prepared\/people\/1\.1\.0'\)/,
      );
      assert.equal((await of('convert', 'people', '--file-format', 'csv', '--to', 'from-tfds')).code, 0);
    });

    it('can not be published to a registry, which would need a manifest', async () => {
      const { code, stderr } = await project.run([
        'convert',
        'people',
        '--file-format',
        'tfrecord',
        '--to',
        'x',
        '--registry',
        registry,
      ]);
      assert.equal(code, 4);
      assert.match(
        stderr,
        /error\[UNSUPPORTED\]: people:1\.1\.0 was prepared by tfds.*\n(?:.*\n)*hint: .*--file-format jsonl/,
      );
    });
  });

  describe('verify', () => {
    it('finds a version as it was published', async () => {
      const { code, stdout } = await project.run(['verify', 'people']);
      assert.equal(code, 0);
      assert.equal(stdout, 'people:1.1.0 ok: 12 examples, as it was published\n');
    });

    it('names file and byte of what is damaged, with exit code 1', async () => {
      const damaged = project.path('damaged');
      await project.run(['build', 'people', '--registry', damaged, '--runner', 'inline']);
      const shard = project.path('damaged/people/1.1.0/people-train.tfrecord-00000-of-00001');
      const bytes = await readFile(shard);
      bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
      await writeFile(shard, bytes);
      await truncate(project.path('damaged/people/1.1.0/features.json'), 10);
      const { code, stdout } = await project.run(['verify', '--all', '--registry', damaged, '--quiet']);
      assert.equal(code, 1);
      assert.match(stdout, /^people:1\.1\.0 damaged: \d+ problems in /);
      assert.match(stdout, /^people-train\.tfrecord-00000-of-00001 +\d[\d,]* +DATA_CORRUPT/m);
      assert.match(stdout, /^features\.json /m);
      const json = await project.run(['verify', 'people', '--registry', damaged, '--json']);
      assert.equal(json.code, 1);
      assert.equal((JSON.parse(json.stdout) as { readonly sound: boolean }).sound, false);
    });

    it('wants names or --all', async () => {
      assert.equal((await project.run(['verify'])).code, 2);
      assert.equal((await project.run(['verify', 'people', '--all'])).code, 2);
    });
  });

  describe('convert', () => {
    it('writes JSON Lines that Python reads', async function () {
      const oracle = requireOracle(this);
      const { code, stdout, stderr } = await project.run([
        'convert',
        'people',
        '--file-format',
        'jsonl',
        '--to',
        'out',
        '--gzip',
      ]);
      assert.equal(code, 0, stderr);
      const file = project.path('out/people-train.jsonl.gz');
      assert.match(stdout, new RegExp(`^${file}\n12 examples, `));
      const program = `
import gzip, json, sys
rows = [json.loads(line) for line in gzip.open(sys.argv[1], 'rt')]
assert len(rows) == 12
row = next(row for row in rows if row['scores'][1] == -7)
assert row['scores'] == [7 / 3, -7] and row['role'] == 1 and row['person']['name'] == 'Ada 1'
assert row['nick'] == 'na\\u00efve \\u001b[2J "x"'`;
      const { exitCode, stderr: complaint } = await oracle.script(['-c', program, file]);
      assert.equal(exitCode, 0, complaint);
      assert.equal(
        gunzipSync(await readFile(file))
          .toString()
          .trim()
          .split('\n').length,
        12,
      );
    });

    it('makes from one format just the files that a build writes in the other, where the data allows', async () => {
      const built = project.path('tfrecord-built');
      await project.run(['build', 'people', '--file-format', 'tfrecord', '--registry', built, '--runner', 'inline']);
      await project.run([
        'build',
        'people',
        '--file-format',
        'arrow',
        '--registry',
        project.path('arrow-built'),
        '--runner',
        'inline',
      ]);
      const made = await project.run([
        'convert',
        'people',
        '--file-format',
        'tfrecord',
        '--to',
        'made',
        '--registry',
        project.path('arrow-built'),
      ]);
      assert.equal(made.code, 0, made.stderr);
      const name = 'people/1.1.0/people-train.tfrecord-00000-of-00001';
      assert.deepEqual(
        await readFile(project.path('made', name)),
        await readFile(project.path('tfrecord-built', name)),
      );
      assert.equal((await project.run(['verify', 'people', '--registry', project.path('made')])).code, 0);
      const lossy = await project.run([
        'convert',
        'people',
        '--file-format',
        'arrow',
        '--to',
        'lossy',
        '--registry',
        built,
      ]);
      assert.equal(lossy.code, 4);
      assert.match(lossy.stderr, /error\[UNSUPPORTED\]: .*scores rounded to float32/);
    });

    it('copies the version to another registry, once', async () => {
      const copy = await project.run(['convert', 'people', '--file-format', 'tfrecord,arrow', '--to', 'copy']);
      assert.equal(copy.code, 0, copy.stderr);
      assert.equal((await project.run(['verify', 'people', '--registry', project.path('copy')])).code, 0);
      const again = await project.run(['convert', 'people', '--file-format', 'arrow', '--to', 'copy']);
      assert.equal(again.code, 4);
      assert.match(again.stderr, /error\[VERSION_EXISTS\]/);
    });

    it('overwrites no file unasked, and knows its formats', async () => {
      assert.equal((await project.run(['convert', 'people', '--file-format', 'csv', '--to', 'texts'])).code, 0);
      const again = await project.run(['convert', 'people', '--file-format', 'csv', '--to', 'texts']);
      assert.equal(again.code, 2);
      assert.match(again.stderr, /people-train\.csv is there already/);
      assert.equal(
        (await project.run(['convert', 'people', '--file-format', 'csv', '--to', 'texts', '--overwrite'])).code,
        0,
      );
      const unknown = await project.run(['convert', 'people', '--file-format', 'arow', '--to', 'texts']);
      assert.equal(unknown.code, 2);
      assert.match(unknown.stderr, /hint: Did you mean arrow\?/);
    });
  });
});

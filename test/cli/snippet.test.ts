import assert from 'node:assert/strict';
import type { Finished } from '../oracle/index.js';
import { requireOracle, requireTorch } from '../oracle/index.js';
import { TemporaryProject } from './run-cli.js';

/** Every shape that a trainer meets: scalars, fixed and ragged tensors, records, absent values, images. */
const shapes = `
import { classLabel, DatasetBuilder, features, image, optional, type Pipeline, record, scalar, sequence, tensor, text } from 'ailab-datasets';

const schema = features({
  id: scalar('int64'),
  small: scalar('uint16'),
  flag: scalar('bool'),
  label: classLabel({ names: ['even', 'odd'] }),
  vector: tensor({ dtype: 'float32', shape: [3] }),
  matrix: tensor({ dtype: 'int32', shape: [2, 2] }),
  words: sequence(text()),
  paths: sequence(sequence(scalar('int32'))),
  user: record({ name: text(), age: scalar('int32') }),
  note: optional(text()),
  picture: image({ shape: [2, 3, 1] }),
});

export class Shapes extends DatasetBuilder<typeof schema> {
  static override readonly datasetName = 'shapes';
  static override readonly versions = { '1.0.0': 'First.' };
  override info() {
    return { description: 'Every shape.', features: schema };
  }
  override splits(pipeline: Pipeline) {
    const examples = (count: number) => function* () {
      for (let i = 0; i < count; i++) {
        yield [
          i,
          {
            id: i,
            small: 65535 - i,
            flag: i % 2 === 1,
            label: i % 2,
            vector: [i, i / 2, -i],
            matrix: [[i, 1], [2, 3]],
            words: Array.from({ length: i % 3 }, (_, word) => \`word \${word} of \${i}\`),
            paths: [[i], [i, i]],
            user: { name: \`user \${i}\`, age: 20 + i },
            note: i % 2 === 0 ? \`note \${i}\` : null,
            picture: Uint8Array.of(0, 1, 2, 3, 4, i),
          },
        ] as const;
      }
    };
    return { train: pipeline.generate(examples(40)), lambda: pipeline.generate(examples(5)) };
  }
}
`;

/** Lines that follow a snippet in the same process, to look at what it has read. */
const checks = {
  tfds: `
found = {int(example['id']): example for example in tfds.as_numpy(train)}
assert sorted(found) == list(range(40))
example = found[7]
assert example['small'] == 65528 and example['flag'] and example['label'] == 1
assert example['vector'].tolist() == [7, 3.5, -7]
assert example['words'].tolist() == [b'word 0 of 7']
assert example['user']['name'] == b'user 7'
assert example['picture'].tolist() == [[[0], [1], [2]], [[3], [4], [7]]]`,
  tensorflow: `
found = {}
for batch in train:
    for i, id in enumerate(batch['id'].numpy().tolist()):
        found[id] = {key: value[i] for key, value in batch.items()}
assert sorted(found) == list(range(40))
example = found[7]
assert example['small'].dtype == tf.uint16 and int(example['small']) == 65528
assert bool(example['flag']) and int(example['label']) == 1
assert example['vector'].numpy().tolist() == [7, 3.5, -7]
assert example['matrix'].numpy().tolist() == [[7, 1], [2, 3]]
assert example['words'].numpy().tolist() == [b'word 0 of 7']
assert example['paths'].to_list() == [[7], [7, 7]]
assert example['user/name'].numpy() == b'user 7' and int(example['user/age']) == 27
assert example['note'].numpy().tolist() == [] and found[8]['note'].numpy().tolist() == [b'note 8']
assert example['picture'].numpy().tolist() == [[[0], [1], [2]], [[3], [4], [7]]]`,
  hf: `
found = {example['id']: example for example in train}
assert sorted(found) == list(range(40))
example = found[7]
assert example['small'] == 65528 and example['flag'] and example['label'] == 1
assert train.features['label'].names == ['even', 'odd']
assert example['vector'] == [7, 3.5, -7] and example['matrix'] == [[7, 1], [2, 3]]
assert example['words'] == ['word 0 of 7'] and example['paths'] == [[7], [7, 7]]
assert example['user'] == {'name': 'user 7', 'age': 27}
assert example['note'] is None and found[8]['note'] == 'note 8'
assert list(example['picture'].getdata()) == [0, 1, 2, 3, 4, 7]`,
  numpy: `
at = columns['id'].tolist().index(7)
assert sorted(columns['id'].tolist()) == list(range(40))
assert columns['small'].dtype == np.uint16 and columns['small'][at] == 65528
assert columns['flag'].dtype == bool and columns['flag'][at]
assert columns['vector'].shape == (40, 3) and columns['vector'][at].tolist() == [7, 3.5, -7]
assert columns['matrix'].shape == (40, 2, 2) and columns['matrix'][at].tolist() == [[7, 1], [2, 3]]
assert columns['words'][at] == ['word 0 of 7'] and columns['paths'][at] == [[7], [7, 7]]
assert columns['user']['age'][at] == 27 and columns['user']['name'][at] == 'user 7'
assert columns['note'][at] is None
assert columns['picture'].shape == (40, 2, 3, 1) and columns['picture'][at, 1, 2, 0] == 7`,
} as const;

describe('snippet', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{"type": "module"}',
      'ailab-datasets.config.json': '{"datasets": ["datasets"]}',
      'datasets/shapes/builder.ts': shapes,
    });
    const built = await project.run(['build', 'shapes', 'product_a/men', '--runner', 'inline', '--num-shards', '2']);
    assert.equal(built.code, 0, built.stderr);
  });
  after(() => project.remove());

  const snippet = async (...argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await project.run(['snippet', ...argv]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const succeeds = ({ exitCode, stderr }: Finished): void => assert.equal(exitCode, 0, stderr);

  for (const [target, check] of Object.entries(checks)) {
    it(`for ${target} reads every value with the stock reader, as printed`, async function () {
      const oracle = requireOracle(this);
      const file = await project.write(`read_${target}.py`, (await snippet('shapes', '--for', target)) + check);
      succeeds(await oracle.script([file]));
    });
  }

  it('for torch feeds a DataLoader with two workers and a DistributedSampler, as printed', async function () {
    const torch = requireTorch(this);
    const code = await snippet('product_a/men:1.2.0', '--for', 'torch');
    assert.match(code, /num_workers=2/);
    assert.match(code, /DistributedSampler\(/);
    const printed = await torch.script([await project.write('read_torch.py', code)]);
    succeeds(printed);
    assert.match(printed.stdout, /'affinity': torch\.Size\(\[256, 34\]\)/);
  });

  it('for torch deals every example to just one of two processes', async function () {
    const torch = requireTorch(this);
    const code = await snippet('product_a/men:1.2.0', '--for', 'torch');
    // The loop's print becomes a record of each batch; everything else is as printed.
    const shown = /^ {12}if step == 0:\n {16}print\(.*\)$/m;
    assert.match(code, shown);
    const counting = code.replace(shown, "            print('times', *batch['timestamp'].tolist())");
    const file = await project.write('count_torch.py', counting);
    const ranks = await Promise.all(
      ['0', '1'].map((rank) => torch.script([file], { env: { ...process.env, RANK: rank, WORLD_SIZE: '2' } })),
    );
    for (const rank of ranks) succeeds(rank);
    const times = ranks.map(({ stdout }) => [...stdout.matchAll(/\d+/g)].map(([digits]) => digits));
    const { examples } = (await project.json(['show', 'product_a/men', '-n', '100000', '--fields', 'timestamp'])) as {
      readonly examples: readonly { readonly timestamp: number }[];
    };
    const expected = examples.map(({ timestamp }) => String(timestamp)).sort();
    // The sampler repeats one example where the number is odd, so that both processes take as many steps.
    assert.equal(times[0]?.length, Math.ceil(expected.length / 2));
    assert.deepEqual([...new Set(times.flat())].sort(), [...new Set(expected)]);
  });

  it('reads the split that is asked for, under a name that Python takes', async function () {
    const oracle = requireOracle(this);
    const code = await snippet('shapes', '--for', 'hf', '--split', 'lambda');
    assert.match(code, /^split_lambda = dataset\['lambda'\]$/m);
    succeeds(await oracle.script([await project.write('read_lambda.py', `${code}\nassert len(split_lambda) == 5`)]));
  });

  it('reads Parquet with HF datasets where that is all there is', async function () {
    const oracle = requireOracle(this);
    const registry = project.path('parquet-only');
    await project.run(['build', 'shapes', '--file-format', 'parquet', '--registry', registry]);
    const code = await snippet('shapes', '--for', 'hf', '--registry', registry);
    assert.match(code, /load_dataset\('parquet'/);
    const file = await project.write('read_parquet.py', `${code}${checks.hf}`);
    succeeds(await oracle.script([file], { env: { ...process.env, HF_HOME: project.path('hf-home') } }));
  });

  it('is refused for a reader whose format the version lacks, with what to do', async () => {
    const registry = project.path('tfrecord-only');
    await project.run(['build', 'shapes', '--file-format', 'tfrecord', '--registry', registry]);
    const { code, stderr } = await project.run(['snippet', 'shapes', '--for', 'hf', '--registry', registry]);
    assert.equal(code, 4);
    assert.match(
      stderr,
      /error\[UNSUPPORTED\].*no arrow shards.*\n(?:.*\n)*hint: Take --for tfds or tensorflow, or export it: ailab-datasets convert/,
    );
  });
});

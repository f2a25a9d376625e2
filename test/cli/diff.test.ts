import assert from 'node:assert/strict';
import { classLabel, features, image, optional, record, scalar, text } from '../../src/features/index.js';
import { buildVersion, type Examples } from '../reader/build-version.js';
import { TemporaryProject } from './run-cli.js';

const user = record({ id: text({ pii: 'user_id' }), country: text() });
const oldSchema = features({
  id: scalar('int64'),
  kind: classLabel({ names: ['book', 'film'] }),
  title: text({ description: 'as printed' }),
  mail: text(),
  user,
  old: scalar('bool'),
});
const newSchema = features({
  id: scalar('int64'),
  kind: classLabel({ names: ['book', 'movie'] }),
  title: text({ description: 'tidied' }),
  mail: text({ pii: 'mail' }),
  user,
  price: optional(scalar('float32')),
  cover: optional(image({ shape: [1, 1, 1] })),
});
const policies = {
  info: { description: 'x', tags: [], privacy: { user_id: { policy: 'keep' }, mail: { policy: 'keep' } } },
};

function row(id: number, name: string): object {
  return {
    id: BigInt(id) + 2n ** 60n,
    kind: id % 2,
    title: `Title ${id}`,
    mail: `${name}@example.com`,
    user: { id: name, country: 'JP' },
  };
}

describe('diff', () => {
  let project: TemporaryProject;
  before(async () => {
    project = await TemporaryProject.create({
      'package.json': '{ "type": "module" }',
      'ailab-datasets.config.json': '{}',
    });
    const old: Examples = [1, 2, 3, 4].map((id) => [`secret-${id}`, { ...row(id, `ann${id}`), old: true }]);
    const now: Examples = [2, 3, 4, 5].map((id) => [
      `secret-${id}`,
      { ...row(id, id === 3 ? 'bob' : `ann${id}`), ...(id === 4 && { title: 'Other' }), price: 1.5 },
    ]);
    const { registry } = project;
    const common = { registry, name: 'product_a', metadata: policies };
    await buildVersion({
      ...common,
      version: '1.1.0',
      schema: oldSchema,
      splits: { train: old, test: old.slice(0, 1) },
    });
    await buildVersion({ ...common, version: '1.2.0', schema: newSchema, splits: { train: now } });
    await buildVersion({ ...common, config: 'men', version: '1.0.0', schema: oldSchema, splits: { train: old } });
    await buildVersion({ ...common, config: 'men', version: '1.1.0', schema: oldSchema, splits: { train: old } });
  });
  after(() => project.remove());

  it('shows features, splits, keys and examples side by side, and says which bump it is', async () => {
    const { code, stdout, stderr } = await project.run(['diff', 'product_a:1.1.0', '1.2.0']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^product_a:1\.1\.0 → product_a:1\.2\.0: a MAJOR bump: .*by the values of the features/);
    assert.match(stdout, /^\+ +price +optional of scalar float32$/m);
    assert.match(stdout, /^- +old +scalar bool$/m);
    assert.match(stdout, /^~ +kind +class-label \["book","film"\] → class-label \["book","movie"\]$/m);
    assert.match(stdout, /^~ +mail +not marked as personal data → personal data \(mail\)$/m);
    assert.match(stdout, /^other documentation of: title$/m);
    assert.match(stdout, /^train +different +4 +4 +1 +1 +1 +2$/m);
    assert.match(stdout, /^test +removed +1 +— +— +— +— +—$/m);
    assert.match(stdout, /^train: key [0-9a-f]{12} changed$/m);
    assert.match(stdout, /^\* +title +"Title 4" +"Other"$/m);
    assert.match(stdout, /^ +id +1152921504606846980 +1152921504606846980$/m);
  });

  it('shows neither keys nor what either version calls personal data', async () => {
    for (const flags of [[], ['--json']]) {
      const { stdout } = await project.run(['diff', 'product_a:1.1.0', 'product_a:1.2.0', '--examples', '9', ...flags]);
      assert.doesNotMatch(stdout, /ann\d|bob|example\.com|secret/);
      assert.match(stdout, /sha256:[0-9a-f]{12}…/);
    }
    const { splits } = (await project.json(['diff', 'product_a:1.1.0', '1.2.0'])) as {
      readonly splits: readonly { readonly examples: readonly { readonly fields: readonly string[] }[] }[];
    };
    const fields = splits.flatMap(({ examples }) => examples.map((example) => example.fields.join()));
    assert.deepEqual(fields.filter((text) => text !== '').sort(), ['mail,user/id', 'title']);
  });

  it('takes configs, aliases and directories, and says with --exit-code whether anything differs', async () => {
    const same = await project.run(['diff', 'product_a/men:1.0.0', '1.1.0', '--exit-code']);
    assert.equal(same.code, 0, same.stderr);
    assert.match(
      same.stdout,
      /^product_a\/men:1\.0\.0 → product_a\/men:1\.1\.0: nothing differs \(compared by the content/,
    );
    assert.equal((await project.run(['promote', 'product_a:1.1.0', 'prod'])).code, 0);
    assert.equal((await project.run(['promote', 'product_a:1.2.0', 'candidate'])).code, 0);
    const aliases = await project.run(['diff', 'product_a@prod', '@candidate', '--exit-code', '--examples', '0']);
    assert.equal(aliases.code, 1);
    assert.doesNotMatch(aliases.stdout, /train: key/);
    const staged = await project.run(['diff', './registry/product_a/1.1.0', 'product_a:1.2.0', '--json']);
    assert.equal((JSON.parse(staged.stdout) as { readonly bump: string }).bump, 'major');
    const lost = await project.run(['diff', './nowhere', '1.2.0']);
    assert.match(lost.stderr, /error\[USAGE\]: 1\.2\.0 is of no data set: \.\/nowhere is a directory/);
    const unknown = await project.run(['diff', 'product_a:1.1.0', '1.9.0']);
    assert.match(unknown.stderr, /error\[VERSION_UNKNOWN\]/);
  });

  it('completes versions of the data set that stands before', async () => {
    const { stdout } = await project.run(['complete', '--', 'diff', 'product_a:1.1.0', '1.']);
    assert.deepEqual(stdout.match(/^1\.\d\.\d/gm)?.sort(), ['1.1.0', '1.2.0']);
  });
});

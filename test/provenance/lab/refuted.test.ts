import assert from 'node:assert/strict';
import { type BuildEvent, type BuildOptions, build } from '../../../src/build/index.js';
import type { ResolvedConfig } from '../../../src/core/config/index.js';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { stringifyJson } from '../../../src/core/json/index.js';
import { openRegistry, readAudit } from '../../../src/registry/index.js';
import { type Change, type Edit, edits } from './edits/index.js';
import { Lab } from './lab.js';

describe('a build that was refused', () => {
  let lab: Lab | undefined;
  before(async () => {
    lab = await Lab.create();
  });
  after(() => lab?.remove());

  const copy = async (changes: Edit['changes']) => (await lab?.edited(changes)) ?? assert.fail('no lab');
  const upper: Change = ['lib/letters.ts', 'toLowerCase', 'toUpperCase'];

  /** The refusal, and whether anything was built for it. */
  async function refused(reference: string, config: ResolvedConfig, options: Partial<BuildOptions> = {}) {
    const events: BuildEvent['type'][] = [];
    const onProgress = ({ type }: BuildEvent) => events.push(type);
    const error = await build(reference, { config, onProgress, ...options }).then(
      ({ status }) => assert.fail(status),
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof DatasetsError);
    assert.equal(error.code, 'VERSION_IMMUTABLE');
    return { error, isBuilt: events.includes('build-start') };
  }

  async function refutations(config: ResolvedConfig): Promise<number> {
    const actions: string[] = [];
    for await (const { action } of readAudit(openRegistry(config.registry))) actions.push(action);
    return actions.filter((action) => action === 'refute').length;
  }

  it('is not built again for nothing: the next one says the same, and when that was found', async () => {
    const config = await copy([upper]);
    const first = await refused('users', config);
    const next = await refused('users', config);
    assert.deepEqual([first.isBuilt, next.isBuilt], [true, false]);
    assert.equal(next.error.message, first.error.message);
    assert.match(next.error.hint ?? '', /bump users --major .* built it at \d{4}-.*--restart tries again/);
    const { refutedAt, ...evidence } = next.error.details ?? {};
    assert.equal(typeof refutedAt, 'string');
    assert.equal(stringifyJson(evidence), stringifyJson(first.error.details));
    assert.equal(await refutations(config), 1);
  });

  it('is built again when something has changed, and when that is asked for', async () => {
    const config = await copy([upper]);
    await refused('users', config);
    assert.equal((await refused('users', config, { restart: true })).isBuilt, true);
    const trimmed = { ...(await copy([['lib/letters.ts', '.toLowerCase()', '.slice(1)']])), registry: config.registry };
    assert.equal((await refused('users', trimmed)).isBuilt, true);
    assert.equal((await refused('users', trimmed)).isBuilt, false);
    assert.equal((await refused('users', config)).isBuilt, false);
    const back = { ...(await copy([])), registry: config.registry };
    assert.equal((await build('users', { config: back })).status, 'exists');
  });

  it('is built again where the version was overwritten meanwhile, for that is compared with other content', async () => {
    const config = await copy([upper]);
    await refused('users', config);
    assert.equal((await build('users', { config, ifExists: 'overwrite' })).status, 'built');
    const before = { ...(await copy([])), registry: config.registry };
    assert.equal((await refused('users', before)).isBuilt, true);
  });

  it('is not remembered where the schema alone tells', async () => {
    const known =
      edits.find(({ verdict, build: ended }) => verdict === 'bump' && ended === 'refused') ?? assert.fail('no edit');
    const config = await copy(known.changes);
    await refused(known.dataset, config);
    // The schema alone tells: nothing was built that could be remembered.
    assert.equal(await refutations(config), 0);
  });
});

import assert from 'node:assert/strict';
import { build, why } from '../../../src/build/index.js';
import type { ResolvedConfig } from '../../../src/core/config/index.js';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { nextVersion, parseReference, parseVersion } from '../../../src/core/names/index.js';
import { isDifferent } from '../../../src/provenance/index.js';
import { isEnough } from '../../../src/quality/index.js';
import { openRegistry, readAudit } from '../../../src/registry/index.js';
import { type Change, type Edit, edits } from './edits/index.js';
import { Lab } from './lab.js';

const levels = ['patch', 'minor', 'major'] as const;

describe("a lab's repository of 12 data sets", () => {
  let lab: Lab | undefined;
  before(async () => {
    lab = await Lab.create();
  });
  after(() => lab?.remove());

  async function afterEdit({ changes, afterwards }: Edit, more: readonly Change[] = []): Promise<ResolvedConfig> {
    const config = (await lab?.edited([...changes, ...more])) ?? assert.fail('no lab');
    await afterwards?.(config);
    return config;
  }

  /** How a build ends: its status, or the code of the error with the bump that it asks for. */
  async function outcome(reference: string, config: ResolvedConfig): Promise<string> {
    try {
      return (await build(reference, { config })).status;
    } catch (error) {
      assert.ok(error instanceof DatasetsError, String(error));
      return error.code;
    }
  }

  for (const edit of edits) {
    const { what, dataset, verdict, parts, build: expected, bump } = edit;
    it(`of which this is edited: ${what}; ${dataset}: ${verdict}, ${expected}, ${bump}`, async () => {
      const before = { ...process.env };
      Object.assign(process.env, edit.environment);
      try {
        const config = await afterEdit(edit);
        const report = await why(dataset, { config });
        assert.deepEqual(
          { verdict: report.verdict, parts: report.parts.filter(isDifferent).map(({ part }) => part) },
          { verdict, parts },
          report.because,
        );
        const ended = await outcome(dataset, config);
        assert.equal(ended, expected === 'refused' ? 'VERSION_IMMUTABLE' : expected);
        if (expected === 'attested') await staysAttested(dataset, config);
        if (dataset !== 'ranking') await asNewVersion(edit);
      } finally {
        process.env = before;
      }
    });
  }

  async function staysAttested(dataset: string, config: ResolvedConfig): Promise<void> {
    const again = await why(dataset, { config });
    assert.deepEqual([again.verdict, again.attested], ['nothing', true]);
    assert.equal((await build(dataset, { config })).status, 'exists');
    const actions: string[] = [];
    for await (const { action } of readAudit(openRegistry(config.registry))) actions.push(action);
    assert.equal(actions.filter((action) => action === 'attest').length, 1);
  }

  /** Under a new version it is accepted where that is raised enough. */
  async function asNewVersion(edit: Edit): Promise<void> {
    const { name } = parseReference(edit.dataset);
    for (const level of edit.bump === 'none' ? (['patch'] as const) : levels) {
      const version = nextVersion(parseVersion('1.1.0'), level);
      const raised = [
        `datasets/${name}/builder.ts`,
        "versions = { '1.1.0'",
        `versions = { '${version}': 'Next.', '1.1.0'`,
      ] as const;
      const config = await afterEdit(edit, [raised]);
      const expected = isEnough(level, edit.bump) ? 'built' : 'VERSION_BUMP_TOO_SMALL';
      assert.equal(await outcome(edit.dataset, config), expected, `as a ${level} version`);
    }
  }
});

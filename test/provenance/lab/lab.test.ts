import assert from 'node:assert/strict';
import { build, why } from '../../../src/build/index.js';
import { DatasetsError } from '../../../src/core/errors/index.js';
import { isDifferent } from '../../../src/provenance/index.js';
import { openRegistry, readAudit } from '../../../src/registry/index.js';
import { edits } from './edits.js';
import { Lab } from './lab.js';

describe("a lab's repository of 12 data sets", () => {
  let lab: Lab | undefined;
  before(async function () {
    this.timeout(120_000);
    lab = await Lab.create();
  });
  after(() => lab?.remove());

  for (const { what, changes, dataset, verdict, parts, build: expected, bump } of edits) {
    it(`of which ${what} is edited: ${dataset} ${verdict}, ${expected}`, async () => {
      const config = (await lab?.edited(changes)) ?? assert.fail('no lab');
      const report = await why(dataset, { config });
      assert.deepEqual(
        { verdict: report.verdict, parts: report.parts.filter(isDifferent).map(({ part }) => part) },
        { verdict, parts },
        report.because,
      );
      if (verdict === 'bump') assert.equal(report.bump, bump);
      const outcome = await build(dataset, { config }).then(
        ({ status }) => status,
        (error: unknown) => {
          assert.ok(error instanceof DatasetsError);
          assert.equal(error.code, 'VERSION_IMMUTABLE');
          if (bump !== undefined) assert.match(error.hint ?? '', new RegExp(bump.toUpperCase()));
          return 'refused';
        },
      );
      assert.equal(outcome, expected);
      if (expected !== 'attested') return;
      const again = await why(dataset, { config });
      assert.deepEqual([again.verdict, again.attested], ['nothing', true]);
      assert.equal((await build(dataset, { config })).status, 'exists');
      const actions: string[] = [];
      for await (const { action } of readAudit(openRegistry(config.registry))) actions.push(action);
      assert.equal(actions.filter((action) => action === 'attest').length, 1);
    });
  }
});

import assert from 'node:assert/strict';
import { checkInfo } from '../../src/build/check-info.js';
import { builtInDatasets, discoverDatasets, loadDefinition } from '../../src/builder/index.js';
import type { ExampleOf, Feature, FeatureDocumentation } from '../../src/features/index.js';

/** A feature with its parts, as far as this test looks. */
interface Documented {
  readonly kind: string;
  readonly documentation: FeatureDocumentation;
  readonly fields?: Readonly<Record<string, Documented>>;
}

/** Paths of features without a description. */
function undocumented(feature: Feature<never, unknown>): readonly string[] {
  const walk = (part: Documented, path: string): readonly string[] => {
    const below = Object.entries(part.fields ?? {}).flatMap(([name, field]) =>
      walk(field, path === '' ? name : `${path}/${name}`),
    );
    return part.documentation.description === undefined && path !== '' ? [path, ...below] : below;
  };
  return walk(feature as unknown as Documented, '');
}

describe('the data sets that come with the package', () => {
  it('are found by their folders', async () => {
    const found = await discoverDatasets([builtInDatasets]);
    assert.deepEqual(
      found.map(({ name }) => name),
      ['mnist', 'product_a', 'product_b', 'spam_assassin', 'state_of_the_union'],
    );
  });

  it('say what they are, whose they are, and what each feature means, in every version and config', async () => {
    for (const { name, module } of await discoverDatasets([builtInDatasets])) {
      const { builderClass, buildableVersions, configs } = await loadDefinition(module, name);
      for (const version of buildableVersions) {
        for (const config of configs.length === 0 ? [undefined] : configs) {
          const info = new builderClass({ config, version, manualDirectory: undefined }).info();
          checkInfo(name, info);
          const { description, citation, license, homepage, owner, tags } = info;
          for (const [what, text] of Object.entries({ description, citation, license, homepage, owner })) {
            assert.ok(text !== undefined && text.length > 3, `${name} has a ${what}`);
          }
          assert.ok((tags ?? []).length > 0);
          assert.deepEqual(undocumented(info.features), [], `${name} documents every feature`);
        }
      }
    }
  });

  it('type their examples by their names', () => {
    type Mnist = ExampleOf<'mnist:3.*.*'>;
    type Impression = ExampleOf<'product_a/men:1.2.0'>;
    const label: Mnist['label'] = 7;
    const click: Impression['click'] = true;
    const timestamp: Impression['timestamp'] = 1n;
    const feature: Impression['user']['feature_0'] = '';
    // @ts-expect-error There is no such field.
    type Wrong = Impression['clicks'];
    const delay: ExampleOf<'product_b'>['delay'] = 1n;
    const text: ExampleOf<'spam_assassin' | 'state_of_the_union'>['text'] = '';
    const unknown: ExampleOf<'no_such_data_set'>[string] = Symbol('anything');
    const values: readonly unknown[] = [
      label,
      click,
      timestamp,
      feature,
      delay,
      text,
      unknown,
      undefined as Wrong | undefined,
    ];
    assert.equal(values.length, 8);
  });
});

import type { Manifest } from '../../registry/index.js';
import { diffFeatures, type SchemaState } from '../diff/diff-features.js';
import type { Compared } from './compared.js';
import type { Finding } from './finding.js';

const mostNamed = 8;

/** Snapshots of one version have one schema: what reads them from night to night relies on it. Documentation may change. */
export function checkSchema(staged: Manifest, previous: Compared | undefined): readonly Finding[] {
  if (previous === undefined || !previous.isSameVersion) return [];
  const { added, removed, changed, privacy } = diffFeatures(stateOf(previous.manifest), stateOf(staged));
  const measured = [
    ...listed('gone', removed),
    ...listed('new', added),
    ...listed('of another kind', changed),
    ...listed('marked as personal in another way', privacy),
  ].join('; ');
  if (measured === '') return [];
  return [
    {
      guard: 'schema-drift',
      severity: 'error',
      message: `the schema is not that of ${previous.name}, a snapshot of the same version; ${measured}`,
      measured,
      expected: `the schema of ${previous.name}`,
    },
  ];
}

function stateOf({ schema, info }: Manifest): SchemaState {
  return { schema, supervisedKeys: info.supervisedKeys };
}

function listed(what: string, features: readonly { readonly path: string }[]): readonly string[] {
  if (features.length === 0) return [];
  const paths = features.slice(0, mostNamed).map(({ path }) => path);
  const rest = features.length > mostNamed ? ` and ${features.length - mostNamed} more` : '';
  return [`${what}: ${paths.join(', ')}${rest}`];
}

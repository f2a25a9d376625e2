import { schemaFields } from '../../catalog/index.js';
import { parseReference } from '../../core/names/index.js';
import { schemaFromJson } from '../../features/index.js';
import { type Registry, readManifest } from '../../registry/index.js';
import type { CheckFinding } from './check-report.js';

const mostNamed = 5;

/**
 * Which features of a published version have no description. What holds others (a record) is described by them.
 *
 * @param reference of a version
 */
export async function checkUndescribed(
  reference: string,
  config: string | undefined,
  registry: Registry,
): Promise<readonly CheckFinding[]> {
  const { path, name } = await registry.resolve(parseReference(reference));
  const manifest = await readManifest(registry.storage, path);
  if (manifest === undefined) return [];
  const paths = schemaFields(schemaFromJson(manifest.schema))
    .filter(({ type, description = '' }) => type !== 'record' && description.trim() === '')
    .map((field) => field.path);
  if (paths.length === 0) return [];
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
  const what =
    paths.length === 1 ? 'a feature without a description' : `${paths.length} features without a description`;
  const finding: CheckFinding = {
    ...{ severity: 'warning', problem: 'feature-undescribed', dataset: name, config },
    message: `${reference} has ${what}: ${paths.slice(0, mostNamed).join(', ')}${more}`,
    hint: 'Add `description` to them: it changes no version.',
  };
  return [finding];
}

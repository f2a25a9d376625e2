import { DatasetsError } from '../../core/errors/index.js';
import { parseJson } from '../../core/json/index.js';
import { type ConfigName, isConfigName, isVersion, type Version } from '../../core/names/index.js';
import type { Storage } from '../../storage/index.js';
import { generationPath } from '../generations.js';

/** What an alias stands for. */
export interface AliasTarget {
  readonly config?: ConfigName | undefined;
  readonly version: Version;
}

/** One move of an alias, as its generation says it. */
export interface AliasGeneration {
  /** From 1; the highest counts. */
  readonly generation: number;
  /** Undefined where the alias was removed. */
  readonly target: AliasTarget | undefined;
  readonly reason: string;
  readonly actor: string;
  /** ISO 8601 */
  readonly movedAt: string;
  /** Of a rollback: the generation whose target it set again. */
  readonly restores?: number | undefined;
}

/** @throws DatasetsError MANIFEST_INVALID for a generation that nobody can read: guessing an older one would serve other data. */
export async function readGeneration(
  storage: Storage,
  path: string,
  generation: number,
): Promise<AliasGeneration | undefined> {
  const file = generationPath(path, generation);
  const bytes = await storage.read(file);
  if (bytes === undefined) return undefined;
  const record = parseJson(bytes, file);
  const fields = typeof record === 'object' && record !== null && !Array.isArray(record) ? record : {};
  const { target, reason, actor, movedAt, restores } = fields as Readonly<Record<string, unknown>>;
  return {
    generation,
    target: target === undefined ? undefined : parseTarget(target, file),
    reason: textOf(reason),
    actor: textOf(actor),
    movedAt: textOf(movedAt),
    ...(typeof restores === 'number' && { restores }),
  };
}

/** Of a field that only people read: nothing where something else wrote it. */
function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}

function parseTarget(target: unknown, file: string): AliasTarget {
  if (typeof target === 'object' && target !== null && 'version' in target) {
    const { version } = target;
    const config = 'config' in target ? target.config : undefined;
    const isConfig = config === undefined || (typeof config === 'string' && isConfigName(config));
    if (typeof version === 'string' && isVersion(version) && isConfig) return { config, version };
  }
  throw new DatasetsError('MANIFEST_INVALID', `${file} names no version`, {
    hint: 'Something else wrote it. Move the alias again.',
    at: { file },
  });
}

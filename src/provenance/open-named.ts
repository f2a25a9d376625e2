import { type ResolvedConfig, withRegistry } from '../core/config/index.js';
import { DatasetsError } from '../core/errors/index.js';
import { openRegistry, type Registry } from '../registry/index.js';

/** The registry that a lineage names as its builder did; undefined for a name that this configuration doesn't have. */
export function openNamed(label: string, config: ResolvedConfig): Registry | undefined {
  try {
    return openRegistry(withRegistry(config, label).registry);
  } catch (error) {
    if (error instanceof DatasetsError && error.code === 'CONFIG_INVALID') return undefined;
    throw error;
  }
}

import type { IsHidden } from '../features/index.js';
import type { VersionInfo } from '../registry/index.js';

/** Personal data that a version keeps as it came: masks and pseudonyms may be seen. */
export function keptPersonalData(info: VersionInfo): IsHidden {
  const policies = info.manifest?.info.privacy;
  return (pii) => {
    const policy: unknown = typeof policies === 'object' && policies !== null ? Reflect.get(policies, pii) : undefined;
    const name: unknown = typeof policy === 'object' && policy !== null ? Reflect.get(policy, 'policy') : undefined;
    return name !== 'mask' && name !== 'pseudonymise';
  };
}

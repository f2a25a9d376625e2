import { isLocalStorage } from '../../storage/index.js';
import { formatJson } from '../format-json.js';
import { stagingDirectory } from '../layout.js';
import type { StagedVersion } from '../staging/staged-version.js';
import { stagingFiles } from '../staging/staging-files.js';

/** Says in a remote registry whose the objects of a build are, before the first of them: builds of a local one are staged in it, and say so from their beginning. */
export async function announceBuild({ registry, name, config, version, buildId }: StagedVersion): Promise<void> {
  if (isLocalStorage(registry.storage)) return;
  const owner = { name, config, version, startedAt: new Date().toISOString() };
  await registry.storage.write(`${stagingDirectory}/${buildId}/${stagingFiles.owner}`, formatJson(owner));
}

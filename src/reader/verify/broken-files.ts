import type { Manifest } from '../../registry/index.js';
import type { Storage } from '../../storage/index.js';
import { Problems, type VerifyProblem } from './problems.js';
import { FileCheck, verifyExtracts } from './verify-files.js';
import { VerifyProgress } from './verify-progress.js';

/**
 * The files of a version that are missing or not byte for byte what its manifest says; what they hold is not looked at.
 *
 * @param storage the version's directory.
 * @returns one problem for each, in the manifest's order.
 */
export async function findBrokenFiles(
  storage: Storage,
  manifest: Manifest,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (bytes: number) => void } = {},
): Promise<readonly VerifyProblem[]> {
  const problems = new Problems();
  const check = new FileCheck(manifest, problems, new VerifyProgress(options.onProgress, options.signal));
  for (const { path } of manifest.files) await check.verify(path, storage);
  return problems.list;
}

/**
 * The same of what its queries gave.
 *
 * @param storage the data set's folder.
 */
export async function findBrokenExtracts(
  storage: Storage,
  manifest: Manifest,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly VerifyProblem[]> {
  const problems = new Problems();
  await verifyExtracts(storage, manifest, problems, new VerifyProgress(undefined, options.signal));
  return problems.list;
}

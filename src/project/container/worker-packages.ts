import { DatasetsError } from '../../core/errors/index.js';
import type { LockedProject } from './locked-project.js';

/** Without these a worker doesn't start. */
const needed = ['@grpc/grpc-js', '@bufbuild/protobuf'] as const;

/** Optional packages, with what a worker does by them. */
const optional = {
  '@google-cloud/storage': 'read and write gs://',
  '@google-cloud/bigquery-storage': "read what BigQuery's queries gave",
  '@duckdb/node-api': "read what DuckDB's queries gave, and Parquet fast",
  sharp: 'encode JPEG and resize images',
} as const;

/**
 * Checks that an image, which has no development dependencies, has what workers need.
 *
 * @returns sentences about optional packages that the image will not have, for whoever needs them.
 * @throws DatasetsError UNSUPPORTED naming those without which no worker starts.
 */
export function checkWorkerPackages(project: LockedProject): readonly string[] {
  const missing = needed.filter((name) => !isInstalled(project, name));
  if (missing.length > 0) {
    throw new DatasetsError(
      'UNSUPPORTED',
      `workers need ${missing.join(' and ')}, and this project has no such dependency`,
      {
        hint: `Run: npm install --save-prod ${missing.join(' ')}`,
        at: { file: project.lockFile },
      },
    );
  }
  return Object.entries(optional)
    .filter(([name]) => !isInstalled(project, name))
    .map(([name, purpose]) => `The image has no ${name}: workers can't ${purpose}. npm install --save-prod ${name}`);
}

function isInstalled({ packages }: LockedProject, name: string): boolean {
  const found = packages[`node_modules/${name}`];
  return found !== undefined && found.dev !== true;
}

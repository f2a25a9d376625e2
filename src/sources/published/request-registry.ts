import { resolve } from 'node:path';
import { registryPlace } from '../../core/config/index.js';
import { DatasetsError } from '../../core/errors/index.js';
import { cleanUrl, isUrl } from '../../core/location/index.js';
import type { SourceContext } from '../source.js';
import type { PublishedRegistries, PublishedRequest } from './published-request.js';

/** The registry that a request means. */
export interface RequestedRegistry {
  /** An absolute directory, or `gs://bucket/path`. */
  readonly location: string;
  /** As the author named it, for messages and the manifest; undefined for the registry of the build, however it was named. */
  readonly label: string | undefined;
  readonly from: PublishedRegistries;
}

/**
 * @throws DatasetsError PIPELINE_INVALID outside of a build; CONFIG_INVALID for a name that no registry has.
 */
export function registryOf(request: PublishedRequest, context: SourceContext): RequestedRegistry {
  const from = context.published?.from;
  if (from === undefined) {
    throw new DatasetsError('PIPELINE_INVALID', `${request.reference} can't be read here: no registry is known`, {
      hint: 'published(...) is read in builds. Elsewhere use load(...).',
    });
  }
  if (request.registry === undefined) return { location: from.registry, label: undefined, from };
  const location = registryPlace(request.registry, from.registries, (path) => resolve(context.baseDirectory, path));
  const label = isUrl(request.registry) ? cleanUrl(new URL(request.registry)) : request.registry;
  return { location, label: location === from.registry ? undefined : label, from };
}

/** What a request is recorded by: two reads of one reference mean one version, whichever splits they read. */
export function requestKey({ reference }: PublishedRequest, { label }: RequestedRegistry): string {
  return publishedKey(reference, label);
}

/** @param registry as the manifest's lineage names it. */
export function publishedKey(reference: string, registry: string | undefined): string {
  return registry === undefined ? reference : `${reference} of ${registry}`;
}

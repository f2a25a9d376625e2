import type { ConfigOrigin, ResolvedConfig } from '../../src/core/config/index.js';

/** Where a setting's value comes from, in a word or two. */
export function originText(origin: ConfigOrigin): string {
  return origin.kind === 'file' ? 'configuration file' : origin.kind;
}

/** The registry with its name, if it has one: `prod: gs://our-data/registry`. */
export function registryText({ registry, registryName }: ResolvedConfig): string {
  return registryName === undefined ? registry : `${registryName}: ${registry}`;
}

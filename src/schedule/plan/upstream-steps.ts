import { matchesVersion, parseReference, parseVersion } from '../../core/names/index.js';

/** A version or snapshot, as far as references to it go. */
export interface Referable {
  readonly reference: string;
  readonly dataset: string;
  readonly config: string | undefined;
  /** Undefined where its builder can't be read: then it stands for all of the data set. */
  readonly version: string | undefined;
  readonly snapshot: string | undefined;
  /** Of its data set: what a name without a config means. */
  readonly defaultConfig: string | undefined;
}

/**
 * The steps that a builder's reference may mean: `product_a:1.*.*` that of the default config, `product_a@nightly` any of the data set, since nobody knows where the alias will stand.
 *
 * @param own the step that is made from it, which it doesn't mean
 */
export function upstreamSteps(upstream: string, own: Referable, steps: readonly Referable[]): readonly string[] {
  const { name, config, version, alias } = parseReference(upstream);
  const isMeant = (step: Referable): boolean => {
    if (step.dataset !== name || step.reference === own.reference) return false;
    if (step.version === undefined) return true;
    if (version !== undefined && !matchesVersion(version, parseVersion(step.version))) return false;
    if (alias !== undefined) return true;
    if (config !== undefined) return step.config === config;
    return step.snapshot === undefined && step.config === step.defaultConfig;
  };
  return steps.filter(isMeant).map(({ reference }) => reference);
}

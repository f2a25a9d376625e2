import { type CodeParts, codeFingerprint, codeParts, type DatasetInfo, loadBuilder } from '../builder/index.js';
import { type AnyFeature, applyPrivacy, secretsOfEnvironment } from '../features/index.js';
import { buildIdentity } from './build-identity.js';
import type { BuildOptions } from './build-options.js';
import { checkInfo } from './check-info.js';
import type { BuildTarget } from './target.js';

export interface PreparedBuild {
  readonly target: BuildTarget;
  readonly info: DatasetInfo<AnyFeature>;
  /** As it is stored: what privacy left of the author's. */
  readonly schema: AnyFeature;
  /** Digest of the code; undefined, as its parts, where its modules can't be followed. */
  readonly code: string | undefined;
  readonly parts: CodeParts | undefined;
}

export async function prepareBuild(target: BuildTarget): Promise<PreparedBuild> {
  const { module } = target.builder;
  const [builder, code, parts] = await Promise.all([
    loadBuilder(target.builder),
    codeFingerprint(module),
    codeParts(module),
  ]);
  const info = builder.info();
  checkInfo(target.definition.name, info);
  const schema: AnyFeature = applyPrivacy(info.features, info.privacy ?? {}, secretsOfEnvironment(process.env));
  return { target, info, schema, code, parts };
}

/**
 * None for a build that can't be resumed: where nobody can say what its code is, for a sample, in which what a source shard gives depends on those before
 * it, and where a runner of Beam does it, which forgets a job with its submitter.
 */
export function identityOf({ target, schema, info, code }: PreparedBuild, options: BuildOptions): string | undefined {
  if (code === undefined || options.maxExamplesPerSplit !== undefined) return undefined;
  if (options.config.runner === 'beam') return undefined;
  return buildIdentity({ target, schema, privacy: info.privacy ?? {}, code }, options);
}

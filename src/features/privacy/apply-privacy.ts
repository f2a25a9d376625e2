import { DatasetsError } from '../../core/errors/index.js';
import { define, definitionOf } from '../declare/define.js';
import type { AnyFeature, Definition } from '../declare/definition.js';
import type { PrivacyPolicy } from '../privacy-policy.js';
import { replaceDefinition } from './replace-definition.js';
import type { SecretResolver } from './secrets.js';

/**
 * The schema that is stored once every feature marked `pii` has been handled by its policy: dropped, masked, pseudonymised, or kept for the
 * owner's reason. Authors go on writing examples for the schema that they declared.
 *
 * @param privacy a policy for each kind of personal data
 * @throws {DatasetsError} PRIVACY_POLICY_MISSING when a kind has no policy, a secret is missing, or keeping it has no reason; FEATURE_INVALID
 *   when a policy can't be applied to that kind of feature
 * @example
 * ```ts
 * const stored = applyPrivacy(schema, { user_id: { policy: 'drop' } }, secretsOfEnvironment(process.env));
 * ```
 */
export function applyPrivacy(
  schema: AnyFeature,
  privacy: Readonly<Record<string, PrivacyPolicy>>,
  secrets: SecretResolver,
): AnyFeature {
  return asFeature(apply(definitionOf(schema), { privacy, secrets, path: [] }));
}

interface Place {
  readonly privacy: Readonly<Record<string, PrivacyPolicy>>;
  readonly secrets: SecretResolver;
  readonly path: readonly string[];
}

function apply(definition: Definition, place: Place): Definition {
  const { pii } = definition.documentation;
  if (pii !== undefined && definition.kind !== 'optional') return applyPolicy(definition, pii, place);
  switch (definition.kind) {
    case 'record': {
      const fields = Object.entries(definition.fields).map(
        ([name, field]) => [name, apply(field, { ...place, path: [...place.path, name] })] as const,
      );
      if (fields.every(([name, field]) => field === definition.fields[name])) return definition;
      return asDefinition(define({ ...definition, fields: Object.freeze(Object.fromEntries(fields)) }));
    }
    case 'sequence':
    case 'dataset':
    case 'optional': {
      const feature = apply(definition.feature, place);
      return feature === definition.feature ? definition : asDefinition(define({ ...definition, feature }));
    }
    default:
      return definition;
  }
}

function applyPolicy(definition: Definition, pii: string, place: Place): Definition {
  const policy = Object.hasOwn(place.privacy, pii) ? place.privacy[pii] : undefined;
  const field = place.path.join('/');
  if (policy === undefined) {
    throw new DatasetsError(
      'PRIVACY_POLICY_MISSING',
      `${field} holds personal data ('${pii}'), and there is no policy for it`,
      {
        hint: `Add one to info(): privacy: { ${pii}: { policy: 'drop' } }, or mask, pseudonymise, or keep with a reason.`,
        at: { field },
      },
    );
  }
  if (policy.policy === 'keep') {
    if (typeof policy.reason === 'string' && policy.reason.trim() !== '') return definition;
    throw new DatasetsError('PRIVACY_POLICY_MISSING', `${field} keeps personal data ('${pii}') without a reason`, {
      hint: `Say why it may be kept: privacy: { ${pii}: { policy: 'keep', reason: '...' } }.`,
      at: { field },
    });
  }
  if (policy.policy === 'drop') {
    return asDefinition(define({ kind: 'dropped', feature: definition, documentation: definition.documentation }));
  }
  return replaceDefinition(definition, policy, { field, pii, secrets: place.secrets });
}

function asFeature(definition: Definition): AnyFeature {
  return definition as unknown as AnyFeature;
}

function asDefinition(feature: AnyFeature): Definition {
  return definitionOf(feature);
}

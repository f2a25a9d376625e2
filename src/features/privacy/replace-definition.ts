import { DatasetsError } from '../../core/errors/index.js';
import { define, definitionOf } from '../declare/define.js';
import type { Definition } from '../declare/definition.js';
import { text } from '../declare/text.js';
import type { PrivacyPolicy } from '../privacy-policy.js';
import { pseudonymiser } from './pseudonymise.js';
import type { SecretResolver } from './secrets.js';

type ReplacingPolicy = Extract<PrivacyPolicy, { policy: 'mask' | 'pseudonymise' }>;

interface Site {
  readonly field: string;
  readonly pii: string;
  readonly secrets: SecretResolver;
}

/** What a masked text becomes unless the policy says otherwise. */
const defaultMask = '***';

/** The definition of a text or an integer that is masked or pseudonymised on its way into the row; both become text. */
export function replaceDefinition(definition: Definition, policy: ReplacingPolicy, site: Site): Definition {
  const isText = definition.kind === 'text' || (definition.kind === 'scalar' && definition.dtype === 'string');
  const isInteger = definition.kind === 'scalar' && /^u?int\d+$/.test(definition.dtype);
  const pseudonymise = policy.policy === 'pseudonymise';
  if (!isText && !(pseudonymise && isInteger)) {
    throw new DatasetsError(
      'FEATURE_INVALID',
      `${site.field} is a ${definition.kind}: only ${pseudonymise ? 'text and integers' : 'text'} can be ${pseudonymise ? 'pseudonymised' : 'masked'}`,
      {
        hint: `Drop it, keep it with a reason, or declare it as text. Its kind of personal data is '${site.pii}'.`,
        at: { field: site.field },
      },
    );
  }
  const replace = pseudonymise ? pseudonymiser(site.secrets(policy.secret)) : () => policy.with ?? defaultMask;
  const { documentation } = definition;
  const stored = definitionOf(
    text(documentation.description === undefined ? {} : { description: documentation.description }),
  );
  const unfinished = {
    kind: pseudonymise ? ('pseudonymised' as const) : ('masked' as const),
    feature: definition,
    stored,
    documentation,
  };
  // Not enumerable: it may close over a secret, and definitions are printed and written as JSON.
  return definitionOf(
    define(
      Object.defineProperty(unfinished, 'replace', { value: replace }) as typeof unfinished & {
        readonly replace: typeof replace;
      },
    ),
  );
}

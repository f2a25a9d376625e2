import { DatasetsError } from '../../core/errors/index.js';

/** Finds a secret by its reference. The secret itself is never logged, fingerprinted or put into an error. */
export type SecretResolver = (reference: string) => string;

/**
 * Resolves references of the form `env:NAME` in the given variables.
 *
 * @throws {DatasetsError} PRIVACY_POLICY_MISSING (from the resolver) when a reference has another form or its variable isn't set
 */
export function secretsOfEnvironment(variables: Readonly<Record<string, string | undefined>>): SecretResolver {
  return (reference) => {
    const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference)?.[1];
    if (name === undefined) {
      throw new DatasetsError('PRIVACY_POLICY_MISSING', "a secret must be given by reference, as 'env:NAME'", {
        hint: 'Put the secret into an environment variable and name the variable. What was given is not shown, in case it is the secret itself.',
      });
    }
    const secret = variables[name];
    if (secret === undefined || secret === '') {
      throw new DatasetsError('PRIVACY_POLICY_MISSING', `the secret env:${name} is not set`, {
        hint: `Set the environment variable ${name} for the build.`,
      });
    }
    return secret;
  };
}

import { z } from 'zod';
import { nearest } from '../errors/index.js';
import { type NotificationConfig, notificationEvents, type SecretReference } from './notification-settings.js';
import { isPlaceholder, templateParts, templatePlaceholders } from './notification-template.js';

const secretForm = "must be { env: 'NAME' }, the environment variable that holds it";
const secret = z.custom<SecretReference>(isSecretReference, secretForm);
const address = z.custom<SecretReference | string>(
  (value) => isSecretReference(value) || (typeof value === 'string' && isOpenAddress(value)),
  `must be an http or https address without user, password and query; one that has them ${secretForm}`,
);

const template = z.string().superRefine((value, context) => {
  const problem = templateProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

function templateProblem(value: string): string | undefined {
  let parts: ReturnType<typeof templateParts>;
  try {
    parts = templateParts(value);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
  for (const part of parts) {
    if (!('placeholder' in part) || isPlaceholder(part.placeholder)) continue;
    const meant = nearest(part.placeholder, templatePlaceholders);
    const known = meant === undefined ? `there are ${templatePlaceholders.join(', ')}` : `did you mean {${meant}}?`;
    return `has no placeholder {${part.placeholder}} (${known})`;
  }
  return undefined;
}

const filter = {
  events: z.array(z.enum(notificationEvents)).min(1, 'must name an event').exactOptional(),
  datasets: z
    .array(z.string().regex(/^[a-z0-9_*]+$/, 'must be the name of a data set; * stands for any letters'))
    .min(1, 'must name a data set')
    .exactOptional(),
  registries: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must be a name of `registries`'))
    .min(1, 'must name a registry')
    .exactOptional(),
  template: template.exactOptional(),
};

/** The setting `notifications`. */
export const notificationsSchema = z.array(
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('slack'), url: secret, ...filter }),
      z.strictObject({
        kind: z.literal('http'),
        url: address,
        secret: secret.exactOptional(),
        ...filter,
      }),
      z.strictObject({
        kind: z.literal('command'),
        command: z.array(z.string()).refine(([program]) => program !== undefined && program !== '', {
          message: 'must be a program and its arguments',
        }),
        ...filter,
      }),
    ],
    { error: "must be of kind 'slack', 'http' or 'command'" },
  ),
) satisfies z.ZodType<unknown, readonly NotificationConfig[]>;

function isSecretReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'env') return false;
  const env: unknown = Reflect.get(value, 'env');
  return typeof env === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(env);
}

/** One that anybody may read in a configuration file. */
function isOpenAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

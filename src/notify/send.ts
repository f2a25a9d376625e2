import type { NotificationConfig, SecretReference } from '../core/config/index.js';
import { type Environment, FetchFailure } from '../core/http/index.js';
import { cloudEvent, cloudEventMediaType } from './cloud-event.js';
import type { Attempt } from './deliver.js';
import type { NotificationEvent } from './event.js';
import { fillTemplate } from './fill-template.js';
import { post } from './post.js';
import { runCommand } from './run-command.js';
import { signatureHeaders } from './sign.js';

export interface SendOptions {
  readonly env: Environment;
  /** Where a command runs. */
  readonly directory: string;
  /** The time of an attempt, which its signature covers. */
  readonly now: () => Date;
}

/** What one attempt to tell somebody of an event does. */
export function attemptOf(to: NotificationConfig, event: NotificationEvent, options: SendOptions): Attempt {
  const { env, directory, now } = options;
  const text = fillTemplate(to.template ?? '{message}', event);
  switch (to.kind) {
    case 'slack':
      return (signal) => {
        const headers = { 'content-type': 'application/json; charset=utf-8' };
        return post(addressOf(to.url, env), JSON.stringify({ text: escaped(text) }), { headers, env, signal });
      };
    case 'http':
      return (signal) => {
        const body = cloudEvent(event, text);
        const secret = to.secret && secretOf(to.secret, env);
        const signed = secret === undefined ? {} : signatureHeaders(secret, { id: event.id, body, now: now() });
        const headers = { 'content-type': cloudEventMediaType, ...signed };
        return post(addressOf(to.url, env), body, { headers, env, signal });
      };
    case 'command':
      return (signal) =>
        runCommand(to.command, `${JSON.stringify({ ...event, message: text })}\n`, { directory, signal });
  }
}

/** So that a name or a reason can neither mention a channel nor hide a link: https://api.slack.com/reference/surfaces/formatting#escaping. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function addressOf(url: SecretReference | string, env: Environment): URL {
  const text = typeof url === 'string' ? url : secretOf(url, env);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new FetchFailure('its address is no http or https URL', false);
}

function secretOf({ env: name }: SecretReference, env: Environment): string {
  const text = env[name];
  if (text !== undefined && text !== '') return text;
  throw new FetchFailure(`the environment variable ${name} is not set`, false);
}

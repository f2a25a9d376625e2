/** What is told of: builds and what became of them, and what people say of versions. */
export const notificationEvents = [
  'start',
  'failure',
  'recovery',
  'publish',
  'promote',
  'rollback',
  'yank',
  'unyank',
] as const;
export type NotificationEventName = (typeof notificationEvents)[number];

/** Told where a notification names no events: what somebody has to get up for, and that it is over. */
export const defaultNotificationEvents: readonly NotificationEventName[] = ['failure', 'recovery'];

/** A secret stays where it is: the configuration names the environment variable that holds it. */
export interface SecretReference {
  readonly env: string;
}

interface NotificationFilter {
  /** Default: `failure` and `recovery`. */
  readonly events?: readonly NotificationEventName[];
  /** Names of data sets; `*` stands for any letters: `['ads_*', 'product_b']`. Default: all. */
  readonly datasets?: readonly string[];
  /** Names of registries in `registries`: `['prod']`, so that builds on a laptop tell nobody. Default: all. */
  readonly registries?: readonly string[];
  /** The message, with placeholders in braces: `'{dataset} {version}: {message}'`. `{{` and `}}` are braces. Default: `{message}`. */
  readonly template?: string;
}

/** A message in a channel of Slack, by an incoming webhook, whose URL is a secret. */
export interface SlackNotification extends NotificationFilter {
  readonly kind: 'slack';
  readonly url: SecretReference;
}

/** An event of CloudEvents 1.0 as JSON, signed as Standard Webhooks says. */
export interface HttpNotification extends NotificationFilter {
  readonly kind: 'http';
  /** As text only where the address grants nothing: without user, password and query. */
  readonly url: SecretReference | string;
  /** `whsec_` and 24 to 64 bytes in base64. Without one, events are not signed. */
  readonly secret?: SecretReference;
}

/** A program that gets the event as JSON on its standard input. No shell reads its arguments. */
export interface CommandNotification extends NotificationFilter {
  readonly kind: 'command';
  /** The program and its arguments. */
  readonly command: readonly string[];
}

/** Whom to tell of what. */
export type NotificationConfig = SlackNotification | HttpNotification | CommandNotification;

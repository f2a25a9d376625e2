import type { NotificationConfig } from '../core/config/index.js';

/** What became of telling somebody of an event. */
export interface Delivery {
  /** Its place in the setting `notifications`, from 0. */
  readonly index: number;
  readonly kind: NotificationConfig['kind'];
  /** What it is known by, which is no secret: a variable's name, an open address, a program. */
  readonly to: string;
  /** undefined: it was delivered. */
  readonly problem: string | undefined;
}

/** What a notification is known by in messages: no value of a variable, and no arguments of a program, which may hold a token. */
export function receiverName(to: NotificationConfig): string {
  if (to.kind === 'command') return to.command[0] ?? '';
  return typeof to.url === 'string' ? to.url : to.url.env;
}

/** `notifications[0] (slack, SLACK_WEBHOOK): the server answers 500, tried 4 times` */
export function deliveryText({ index, kind, to, problem }: Delivery): string {
  return `notifications[${index}] (${kind}, ${to}): ${problem ?? 'delivered'}`;
}

import { defaultNotificationEvents, type NotificationConfig, type ResolvedConfig } from '../core/config/index.js';
import type { NotificationDraft } from './event.js';

/** Whether somebody wants to be told of an event. */
export function isWanted(
  { events = defaultNotificationEvents, datasets, registries }: NotificationConfig,
  draft: NotificationDraft,
  config: Pick<ResolvedConfig, 'registries'>,
): boolean {
  return (
    events.some((event) => event === draft.event) &&
    (datasets === undefined || datasets.some((pattern) => patternOf(pattern).test(draft.dataset))) &&
    (registries === undefined || registries.some((name) => config.registries[name] === draft.registry))
  );
}

/** `*` stands for any letters; all others of a name stand for themselves. */
function patternOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
}

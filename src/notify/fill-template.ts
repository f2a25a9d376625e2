import { isPlaceholder, type TemplatePlaceholder, templateParts } from '../core/config/index.js';
import type { NotificationEvent } from './event.js';

/** The text of a template for an event. What the event doesn't have is empty. */
export function fillTemplate(template: string, event: NotificationEvent): string {
  return templateParts(template)
    .map((part) => {
      if ('text' in part) return part.text;
      return isPlaceholder(part.placeholder) ? textFor(part.placeholder, event) : '';
    })
    .join('');
}

function textFor(placeholder: TemplatePlaceholder, event: NotificationEvent): string {
  switch (placeholder) {
    case 'code':
      return event.failure?.code ?? '';
    case 'hint':
      return event.failure?.hint ?? '';
    case 'examples':
      return event.splits === undefined
        ? ''
        : String(Object.values(event.splits).reduce((sum, count) => sum + count, 0));
    case 'seconds':
      return event.seconds === undefined ? '' : String(Math.round(event.seconds));
    default:
      return event[placeholder] ?? '';
  }
}

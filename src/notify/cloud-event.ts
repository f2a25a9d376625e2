import { pathToFileURL } from 'node:url';
import { isGcsUrl } from '../core/location/index.js';
import type { NotificationEvent } from './event.js';

export const cloudEventMediaType = 'application/cloudevents+json; charset=utf-8';

/**
 * The event in CloudEvents' structured mode: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md.
 *
 * @returns JSON
 */
export function cloudEvent(event: NotificationEvent, text: string): string {
  const { id, time, event: name, registry, reference, ...facts } = event;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: isGcsUrl(registry) ? registry : pathToFileURL(registry).href,
    type: `ailab-datasets.${name}`,
    subject: reference,
    time,
    datacontenttype: 'application/json',
    data: { event: name, reference, registry, ...facts, message: text },
  });
}

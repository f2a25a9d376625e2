export { type Delivery, deliveryText } from './delivery.js';
export type { DeliveryTimings } from './delivery-timings.js';
export type { NotificationDraft, NotificationEvent } from './event.js';
export { type FailureFacts, failureFacts } from './failure-facts.js';
export { type NotifyConfig, type NotifyOptions, notificationsSent, notify } from './notify.js';
export { type TestOptions, testNotifications } from './test-notifications.js';

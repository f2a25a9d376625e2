/** How long is waited for whom. */
export interface DeliveryTimings {
  /** For one attempt. */
  readonly attemptMilliseconds: number;
  /** For all attempts and the pauses between them: a process ends at most so much later for a receiver that doesn't answer. */
  readonly totalMilliseconds: number;
  /** Before the second attempt; each pause is twice the one before. */
  readonly firstDelayMilliseconds: number;
}

export const deliveryTimings: DeliveryTimings = {
  attemptMilliseconds: 10_000,
  totalMilliseconds: 30_000,
  firstDelayMilliseconds: 1000,
};

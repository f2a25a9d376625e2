/**
 * A request that failed, reduced to what may be shown: the client's own errors carry the request with its bearer token, and the errors
 * of its authentication the refresh token.
 */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  /** The HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** Google's word for it (`rateLimitExceeded`), or the system's (`ECONNRESET`). */
  readonly reason: string | undefined;

  constructor(message: string, about: { readonly status?: number | undefined; readonly reason?: string | undefined }) {
    super(message);
    this.status = about.status;
    this.reason = about.reason;
  }
}

/** The reason of a failure where bytes changed on their way. */
export const checksumReason = 'checksum';
/** The same, again and again: it is no accident of the way. */
export const damagedReason = 'damaged';
/** The reason of a failure where no credentials are to be had. */
export const credentialsReason = 'credentials';

/** Statuses after which Google recommends to repeat: https://cloud.google.com/storage/docs/retry-strategy. */
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const passingReasons: ReadonlySet<string> = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'backendError',
  checksumReason,
]);
const connectionReasons: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
]);
/** Connections that broke. */
const brokenReasons: ReadonlySet<string> = new Set(['ECONNRESET', 'ETIMEDOUT', 'EPIPE']);
/** Whether the same request may succeed later. */
export function isPassing({ status, reason }: RequestFailure): boolean {
  if (reason !== undefined && passingReasons.has(reason)) return true;
  if (status === undefined) return reason !== credentialsReason && reason !== damagedReason;
  return passingStatuses.has(status);
}

/** Whether the server may have done what it was asked, although it didn't say so. */
export function isUncertain({ status, reason }: RequestFailure): boolean {
  if (status === undefined) return !isAboutConnection(reason) && reason !== credentialsReason;
  return status === 408 || status >= 500;
}

/** Whether there was no connection: nobody can have received anything. */
export function isAboutConnection(reason: string | undefined): boolean {
  return reason !== undefined && connectionReasons.has(reason);
}

/** Whatever the client threw or handed to a callback. */
export function requestFailure(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error;
  if (!(error instanceof Error)) return new RequestFailure(String(error), {});
  const code = property(error, 'code');
  const status = typeof code === 'number' ? code : undefined;
  const reply = replyOf(error);
  // "Provided CRC32C \"...\" doesn't match calculated CRC32C \"...\"."
  if (status === 400 && /crc32c/i.test(reply.message)) {
    return new RequestFailure(reply.message, { status, reason: checksumReason });
  }
  const reason = reply.reason ?? (typeof code === 'string' ? code : property(error, 'type'));
  return new RequestFailure(reply.message, { status, reason: typeof reason === 'string' ? reason : undefined });
}

/**
 * Whatever Google's libraries threw when they were asked for credentials. All that is no fault of the network is a fault of the credentials: a
 * key file that is missing or broken, a refresh token that has expired.
 */
export function credentialsFailure(error: unknown): RequestFailure {
  // Its message quotes the text: a key.
  if (error instanceof SyntaxError) return new RequestFailure('the key file is no JSON', { reason: credentialsReason });
  const failure = requestFailure(error);
  const { status, reason, message } = failure;
  const networkFault = isAboutConnection(reason) || (reason !== undefined && brokenReasons.has(reason));
  if (networkFault || (status !== undefined && passingStatuses.has(status))) return failure;
  return new RequestFailure(message, { reason: credentialsReason });
}

/** What the server said. For a download the client gives the whole body as the message: JSON, or a sentence. */
function replyOf(error: Error): { readonly message: string; readonly reason: unknown } {
  let body: unknown;
  try {
    body = property(JSON.parse(error.message), 'error');
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  const sentence = property(body, 'message');
  const errors = property(body ?? error, 'errors');
  const text = (typeof sentence === 'string' ? sentence : error.message).trim();
  return {
    message: text.length > 300 ? `${text.slice(0, 300)} ...` : text,
    reason: Array.isArray(errors) ? property(errors[0], 'reason') : undefined,
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** What is not found where a bucket is listed, or an object is created, is the bucket. */
export function noBucket(error: unknown): never {
  if (error instanceof RequestFailure && error.status === 404) {
    throw new RequestFailure('the bucket does not exist', { status: 404, reason: error.reason });
  }
  throw error;
}

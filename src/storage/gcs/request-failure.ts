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

/** Statuses after which Google recommends to repeat: https://cloud.google.com/storage/docs/retry-strategy. */
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const passingReasons: ReadonlySet<string> = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'backendError']);
const connectionReasons: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
]);
const credentialsReasons: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_rapt',
  'invalid_client',
  'credentials',
]);

/** Whether the same request may succeed later. */
export function isPassing({ status, reason }: RequestFailure): boolean {
  if (reason !== undefined && (passingReasons.has(reason) || reason === checksumReason)) return true;
  if (status === undefined) return !isAboutCredentials(reason) && reason !== damagedReason;
  return passingStatuses.has(status);
}

/** Whether the server may have done what it was asked, although it didn't say so. */
export function isUncertain({ status, reason }: RequestFailure): boolean {
  if (status === undefined) return !isAboutConnection(reason) && !isAboutCredentials(reason);
  return status === 408 || status >= 500;
}

/** Whether there was no connection: nobody can have received anything. */
export function isAboutConnection(reason: string | undefined): boolean {
  return reason !== undefined && connectionReasons.has(reason);
}

export function isAboutCredentials(reason: string | undefined): boolean {
  return reason !== undefined && credentialsReasons.has(reason);
}

/** The reason of a failure where bytes changed on their way. */
export const checksumReason = 'checksum';
/** The same, again and again: it is no accident of the way. */
export const damagedReason = 'damaged';

/** What is not found where a bucket is listed, or an object is created, is the bucket. */
export function noBucket(error: unknown): never {
  if (error instanceof RequestFailure && error.status === 404) {
    throw new RequestFailure('the bucket does not exist', { status: 404, reason: error.reason });
  }
  throw error;
}

/** Whatever the client threw or handed to a callback. */
export function requestFailure(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error;
  if (!(error instanceof Error)) return new RequestFailure(String(error), {});
  const message = plainMessage(error.message);
  const code = property(error, 'code');
  const status = typeof code === 'number' ? code : undefined;
  // google-auth-library: the first when it finds no credentials, the others for a key file that is not there, or is none.
  if (
    /Could not load the default credentials|does not exist, or it is not a file|Unable to (?:read|parse)/i.test(message)
  ) {
    return new RequestFailure(message, { reason: 'credentials' });
  }
  const tokenError = tokenErrorOf(error);
  if (tokenError !== undefined) return new RequestFailure(message, { reason: tokenError });
  // "Provided CRC32C \"...\" doesn't match calculated CRC32C \"...\"."
  if (status === 400 && /crc32c/i.test(message)) return new RequestFailure(message, { status, reason: checksumReason });
  const reason = firstReason(error) ?? (typeof code === 'string' ? code : property(error, 'type'));
  return new RequestFailure(message, { status, reason: typeof reason === 'string' ? reason : undefined });
}

/** What Google's token endpoint says of a refresh token that has expired or was revoked (RFC 6749, section 5.2). */
function tokenErrorOf(error: Error): string | undefined {
  const body = property(property(error, 'response'), 'data');
  const word = property(body, 'error');
  const detail = property(body, 'error_subtype');
  for (const each of [detail, word, error.message]) {
    if (typeof each === 'string' && isAboutCredentials(each)) return each;
  }
  return undefined;
}

function firstReason(error: Error): unknown {
  const errors = property(error, 'errors');
  return Array.isArray(errors) ? property(errors[0], 'reason') : undefined;
}

/** For a download the client gives the body as the message: JSON with the sentence inside, or XML. */
function plainMessage(message: string): string {
  try {
    const sentence = property(property(JSON.parse(message), 'error'), 'message');
    if (typeof sentence === 'string') return sentence;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const text = message.trim();
  return text.length > 300 ? `${text.slice(0, 300)} ...` : text;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

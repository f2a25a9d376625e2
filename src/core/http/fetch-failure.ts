/** An attempt that failed, reduced to what may be shown: addresses in the errors of the system and of proxies may hold credentials. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  /** Whether the same request may succeed later. */
  readonly passing: boolean;
  /** How long the server asks to wait. */
  readonly retryAfterMilliseconds: number | undefined;

  constructor(message: string, passing: boolean, retryAfterMilliseconds?: number) {
    super(message);
    this.passing = passing;
    this.retryAfterMilliseconds = retryAfterMilliseconds;
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-15: those that speak of this moment. */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** `Retry-After` is a number of seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3. */
export function retryAfterMilliseconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Codes of the system that waiting does not change: a name that doesn't exist (EAI_AGAIN is one that could not be asked), a certificate that is wrong. */
const lasting =
  /^(?:ENOTFOUND|ERR_TLS_.*|CERT_.*|.*_CERT(?:_.*)?|UNABLE_TO_.*|HOSTNAME_MISMATCH|ERR_INVALID_.*|EPROTO)$/;

/** What a socket or the client threw. */
export function connectionFailure(cause: unknown): FetchFailure {
  if (cause instanceof FetchFailure) return cause;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return new FetchFailure(
    code === undefined ? 'the connection broke' : wordsOf(code),
    code === undefined || !lasting.test(code),
  );
}

function wordsOf(code: string): string {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return `the connection broke (${code})`;
    case 'ECONNREFUSED':
      return 'nobody listens there (ECONNREFUSED)';
    case 'ENOTFOUND':
      return 'there is no such host (ENOTFOUND)';
    default:
      return `the connection failed (${code})`;
  }
}

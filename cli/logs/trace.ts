/** Which request or run a line belongs to, as whoever started this process says it. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string | undefined;
  readonly isSampled: boolean | undefined;
}

/**
 * The trace of the environment: `TRACEPARENT` (https://www.w3.org/TR/trace-context/#traceparent-header), else `X_CLOUD_TRACE_CONTEXT` (`TRACE_ID/SPAN_ID;o=1`, the span's id in decimal digits:
 * https://cloud.google.com/trace/docs/trace-context). What is neither is passed over: a log must not fail for it.
 */
export function traceOf(env: Readonly<Record<string, string | undefined>>): Trace | undefined {
  const [, traceId, spanId, flags] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(env['TRACEPARENT'] ?? '') ?? [];
  if (traceId !== undefined && flags !== undefined && !/^0+$/.test(traceId)) {
    return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
  }
  const context = env['X_CLOUD_TRACE_CONTEXT'] ?? env['X-Cloud-Trace-Context'] ?? '';
  const [, id, span, sampled] = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=([01]))?$/.exec(context) ?? [];
  if (id === undefined) return undefined;
  return {
    traceId: id,
    spanId: span === undefined ? undefined : BigInt.asUintN(64, BigInt(span)).toString(16).padStart(16, '0'),
    isSampled: sampled === undefined ? undefined : sampled === '1',
  };
}

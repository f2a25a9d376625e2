import type { ErrorReport } from '../frame/report-error.js';
import type { LogFormat } from './log-format.js';
import { type Trace, traceOf } from './trace.js';

export type Severity = 'INFO' | 'WARNING' | 'ERROR';

/** What a line is about. */
export interface LogLabels {
  readonly dataset?: string | undefined;
  readonly config?: string | undefined;
  readonly version?: string | undefined;
  readonly buildId?: string | undefined;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Lines of JSON on standard error. */
export interface Log {
  write(severity: Severity, message: string, labels?: LogLabels, fields?: LogFields): void;
  /** An error as one line, with code, hint and stack. */
  error(report: ErrorReport, labels?: LogLabels): void;
}

const levels = { INFO: 'info', WARNING: 'warn', ERROR: 'error' } as const;
const severities: Readonly<Record<string, Severity>> = { info: 'INFO', warn: 'WARNING', error: 'ERROR' };

/** @param write takes a whole line with its line break */
export async function openLog(
  format: Exclude<LogFormat, 'text'>,
  write: (line: string) => void,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Log> {
  const { pino } = await import('pino');
  const timeName = format === 'gcp' ? 'timestamp' : 'time';
  const logger = pino(
    {
      // Neither process id nor host: whatever gathers the lines knows them.
      base: null,
      messageKey: 'message',
      timestamp: () => `,"${timeName}":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ severity: severities[label] ?? 'INFO' }) },
    },
    { write },
  );
  const trace = traceOf(env);
  const common = trace === undefined ? {} : traceFields(trace, format, env);
  const fieldsOf = (labels: LogLabels, fields: LogFields) => {
    const known = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined));
    const labelled =
      format === 'json' || Object.keys(known).length === 0 ? known : { 'logging.googleapis.com/labels': known };
    return { ...labelled, ...fields, ...common };
  };
  const log: Log = {
    write: (severity, message, labels = {}, fields = {}) => logger[levels[severity]](fieldsOf(labels, fields), message),
    error: (report, labels = {}) => {
      const { code, message, hint, at, causes } = report;
      const facts = { code, ...(hint !== undefined && { hint }), at, causes };
      // Of the name that Error Reporting knows: https://cloud.google.com/error-reporting/docs/formatting-error-messages.
      log.write('ERROR', message, labels, { ...facts, stack_trace: report.stacks.join('\n') });
    },
  };
  return log;
}

/** The names that Cloud Logging takes out of a line: https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields. */
function traceFields(
  { traceId, spanId, isSampled }: Trace,
  format: Exclude<LogFormat, 'text'>,
  env: Readonly<Record<string, string | undefined>>,
): LogFields {
  const span = spanId === undefined ? {} : { [format === 'gcp' ? 'logging.googleapis.com/spanId' : 'spanId']: spanId };
  if (format === 'json') return { traceId, ...span };
  const project = env['GOOGLE_CLOUD_PROJECT'];
  return {
    'logging.googleapis.com/trace': project === undefined ? traceId : `projects/${project}/traces/${traceId}`,
    ...span,
    ...(isSampled !== undefined && { 'logging.googleapis.com/trace_sampled': isSampled }),
  };
}

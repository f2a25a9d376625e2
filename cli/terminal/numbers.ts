/** `1234567` → `1,234,567`: the same on every machine, whatever its locale. */
export function formatCount(count: number | bigint): string {
  return groupDigits(count.toString());
}

/** `1 shard`, `1,024 shards`. */
export function formatCounted(count: number, singular: string): string {
  return `${formatCount(count)} ${count === 1 ? singular : `${singular}s`}`;
}

function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `19833210` → `18.9 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${groupDigits(value.toFixed(digits))} ${units[unit]}`;
}

/** Seconds as people say them: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `1500000` → `1.5M`, for rates and other figures whose last digits say nothing. */
export function formatRate(perSecond: number): string {
  if (perSecond < 10) return perSecond.toFixed(1);
  if (perSecond < 1e4) return formatCount(Math.round(perSecond));
  if (perSecond < 1e6) return `${Math.round(perSecond / 1e3)}k`;
  return `${(perSecond / 1e6).toFixed(1)}M`;
}

import { availableParallelism, totalmem } from 'node:os';
import type { BuildReport } from '../../registry/index.js';

/** What of this machine may change what code gives: Node, and the tables of languages and time zones that sorting and dates go by. */
export function environmentOfBuild(): BuildReport['environment'] {
  const { node, v8, icu, unicode } = process.versions;
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    node,
    v8,
    icu: icu ?? 'none',
    unicode: unicode ?? 'none',
    locale,
    timeZone,
    platform: process.platform,
    architecture: process.arch,
    processors: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

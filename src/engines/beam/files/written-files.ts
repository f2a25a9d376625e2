import type { TaskResult } from '../../task/task.js';

/** A file that a task wrote. */
export interface WrittenTaskFile {
  readonly path: string;
  /** Where the result says it. */
  readonly crc32c?: string;
}

/** Every file that a result names and that is there: what holds nothing was never made. */
export function filesOfResult(result: TaskResult): readonly WrittenTaskFile[] {
  switch (result.kind) {
    case 'stage': {
      const { runs, outputs, fanOuts, badRows } = result;
      const files = [
        ...runs.filter(({ rows }) => rows > 0).map(({ file }) => file),
        ...outputs.filter(({ run }) => run.bytes > 0).map(({ run }) => run.file),
        ...fanOuts.map(({ file }) => file),
        ...(badRows === undefined ? [] : [badRows.file]),
      ];
      return [...new Set(files)].map((path) => ({ path }));
    }
    case 'sideInput':
      return [{ path: result.file.file }];
    case 'encode':
      return result.shard.files.map(({ path, crc32c }) => ({ path, crc32c }));
  }
}

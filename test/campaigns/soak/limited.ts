/** Runs the command line inside a memory cgroup: `node limited.js <cgroup> <arguments>`. Its limit holds from the first module on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [group = '', ...parameters] = process.argv.slice(2);
writeFileSync(join(group, 'cgroup.procs'), String(process.pid));
const program = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.js');
process.argv = [process.execPath, program, ...parameters];
await import(program);

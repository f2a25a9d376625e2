/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string;
  /** `--from=packages` as `['from', 'packages']`. */
  readonly flags: readonly (readonly [name: string, value: string])[];
  /** Words, or the parts of its JSON form. */
  readonly words: readonly string[];
  /** What follows the flags, as it stands. */
  readonly text: string;
}

/** The instructions that images of workers are made with; another one would need a look here. */
const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'ENTRYPOINT'];
const withFlags = ['FROM', 'COPY', 'RUN'];

/**
 * Reads a Dockerfile by the grammar of https://docs.docker.com/reference/dockerfile, strictly: no continuation lines, no variables, no heredocs, since we write none.
 */
export function parseDockerfile(text: string): readonly Instruction[] {
  const instructions = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => parseLine(line));
  if (instructions[0]?.name !== 'FROM') throw new Error('a Dockerfile begins with FROM');
  return instructions;
}

function parseLine(line: string): Instruction {
  const match = /^([A-Z]+) (.+)$/.exec(line);
  const [, name = '', rest = ''] = match ?? [];
  if (!known.includes(name)) throw new Error(`no known instruction: ${line}`);
  if (/[\\$`]|<</.test(rest)) throw new Error(`a continuation, a variable or a heredoc: ${line}`);
  const flags: [string, string][] = [];
  let text = rest;
  for (let flag = nextFlag(text); withFlags.includes(name) && flag !== undefined; flag = nextFlag(text)) {
    flags.push([flag[1] ?? '', flag[2] ?? '']);
    text = text.slice(flag[0].length);
  }
  const words = text.startsWith('[') ? jsonWords(text) : text.split(/\s+/);
  return { name, flags, words, text };
}

function nextFlag(text: string): RegExpExecArray | undefined {
  return /^--([a-z]+)=(\S+) /.exec(text) ?? undefined;
}

function jsonWords(text: string): readonly string[] {
  const words: unknown = JSON.parse(text);
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Error(`no list of strings: ${text}`);
}

/**
 * What a .dockerignore leaves out, by the rules of https://docs.docker.com/build/concepts/context/#dockerignore-files, for the patterns that we write: `**` at the beginning, `*` in a name, and a
 * leading slash that means nothing.
 */
export function ignored(dockerignore: string): (path: string) => boolean {
  const patterns = dockerignore
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const match = /^(\*\*\/|\/)?([\w.*@/-]+)$/.exec(line);
      if (match === null) throw new Error(`another kind of pattern: ${line}`);
      const [, where = '', name = ''] = match;
      const inside = name.replace(/[.]/g, '\\.').replace(/\*/g, '[^/]*');
      return new RegExp(`^${where === '**/' ? '(?:.*/)?' : ''}${inside}(?:/.*)?$`);
    });
  return (path) => patterns.some((pattern) => pattern.test(path));
}

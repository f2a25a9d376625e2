/**
 * The environment of somebody who has never run this repository's scripts: `npm test` hands its own settings and this product's to
 * every process below it.
 */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(?:npm_(?:lifecycle|package)_|npm_command$|npm_config_(?:loglevel|workspaces|local_prefix)$|INIT_CWD$|AILAB_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { loadConfig, type ResolvedConfig } from '../../src/core/config/index.js';
import { openRegistry, type Registry, readAudit } from '../../src/registry/index.js';
import { requireGcs } from '../gcs/index.js';

/** Both drivers, as the tests of promotions name them. */
export const drivers = ['a directory', 'a bucket'] as const;

/** Two registries, `dev` and `prod`, and the configuration of a project that names them. */
export class PromotionRegistries {
  readonly folder: string;
  readonly dev: Registry;
  readonly prod: Registry;
  readonly config: ResolvedConfig;

  private constructor(folder: string, dev: string, prod: string, config: ResolvedConfig) {
    this.folder = folder;
    this.dev = openRegistry(dev);
    this.prod = openRegistry(prod);
    this.config = config;
  }

  /** @param driver of both registries */
  static async create(test: Context, driver: (typeof drivers)[number]): Promise<PromotionRegistries> {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-promotion-'));
    const place = async (name: string) =>
      driver === 'a directory' ? join(folder, name) : (await (await requireGcs(test)).newBucket()).url;
    const [dev, prod] = [await place('dev'), await place('prod')];
    const flags = { registries: { dev, prod }, registry: prod, workDirectory: join(folder, 'work') };
    const env = { HOME: folder, AILAB_DATASETS_CACHE_DIR: join(folder, 'cache') };
    return new PromotionRegistries(folder, dev, prod, await loadConfig({ cwd: folder, env, flags }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Actions with what they were done to, oldest first. */
  async audit(registry: Registry, ...actions: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    for await (const entry of readAudit(registry)) if (actions.includes(entry.action)) found.push({ ...entry });
    return found;
  }
}

import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from '../../../src/build/index.js';
import { loadConfig, type ResolvedConfig } from '../../../src/core/config/index.js';
import type { Change } from './edits/index.js';
import { type LabFiles, labFiles, labOrder, labSecret } from './lab-files.js';

/** The lab's repository with its registry, and edited copies of both: a module is imported once a process, so that an edit has a folder of its own. */
export class Lab {
  readonly #folder: string;
  readonly #secret = process.env[labSecret];
  #copies = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** With all data sets published. */
  static async create(): Promise<Lab> {
    const lab = new Lab(await mkdtemp(join(tmpdir(), 'ailab-lab-')));
    process.env[labSecret] = 'the secret of the lab';
    const config = await lab.#write('base', labFiles);
    for (const reference of labOrder) await build(reference, { config });
    return lab;
  }

  /** The configuration of a copy with some changes. */
  async edited(changes: readonly Change[]): Promise<ResolvedConfig> {
    const files: Record<string, string> = { ...labFiles };
    for (const [file, from, to] of changes) {
      const text = files[file] ?? '';
      assert.ok(text.includes(from), `${file} has no ${from}`);
      files[file] = from === '' ? to : text.replace(from, () => to);
    }
    this.#copies++;
    const name = `copy-${this.#copies}`;
    await cp(join(this.#folder, 'base', 'registry'), join(this.#folder, name, 'registry'), { recursive: true });
    return this.#write(name, files);
  }

  async remove(): Promise<void> {
    if (this.#secret === undefined) delete process.env[labSecret];
    else process.env[labSecret] = this.#secret;
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #write(name: string, files: LabFiles): Promise<ResolvedConfig> {
    const folder = join(this.#folder, name);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const places = { registry: 'registry', cacheDirectory: 'cache' };
    return loadConfig({
      cwd: folder,
      env: {},
      flags: { datasets: ['datasets'], ...places, runner: 'inline', formats: ['tfrecord'] },
    });
  }
}

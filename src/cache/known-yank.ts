import { formatJson, type Registry, readYank, type VersionName, type Yank } from '../registry/index.js';
import { isLocalStorage, type LocalStorage } from '../storage/index.js';
import { isUnreachable } from './unreachable.js';

/** So long a registry isn't asked again whether a single version is yanked: jobs that open the same version all day make a request now and then. */
const freshMilliseconds = 10 * 60 * 1000;

interface YankNote {
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly askedAt: number;
  readonly yank: Yank | undefined;
}

/**
 * Whether a version that is on this machine was yanked, as far as that is known: the registry is asked, at most every ten minutes; where it can't be reached, what it
 * said last counts.
 *
 * @param notes where the answer is noted.
 * @param place of the note in it.
 */
export async function knownYank(
  registry: Registry,
  version: VersionName,
  notes: LocalStorage,
  place: string,
  now = Date.now(),
): Promise<Yank | undefined> {
  if (isLocalStorage(registry.storage)) return readYank(registry.storage, version);
  const note = await readNote(notes, place);
  if (note !== undefined && note.askedAt <= now && now - note.askedAt < freshMilliseconds) return note.yank;
  const yank = await askFor(registry, version, note?.yank);
  await writeNote(notes, place, { askedAt: now, yank });
  return yank;
}

/** Notes what a registry has just said, where that is new: for times without a network. */
export async function rememberYank(yank: Yank | undefined, notes: LocalStorage, place: string): Promise<void> {
  const note = await readNote(notes, place);
  if (note === undefined || note.yank?.yankedAt !== yank?.yankedAt)
    await writeNote(notes, place, { askedAt: Date.now(), yank });
}

/** The note only saves a request: a disk that takes none must not keep anybody from data that is there. */
async function writeNote(notes: LocalStorage, place: string, { askedAt, yank }: YankNote): Promise<void> {
  const text = formatJson({ askedAt, ...(yank !== undefined && { yank: { ...yank } }) });
  await notes.write(place, text, { sync: false }).catch(() => undefined);
}

async function askFor(registry: Registry, version: VersionName, known: Yank | undefined): Promise<Yank | undefined> {
  try {
    return await readYank(registry.storage, version);
  } catch (error) {
    if (isUnreachable(error, registry.location)) return known;
    throw error;
  }
}

/** What was noted last, without asking anybody. */
export async function readNote(notes: LocalStorage, place: string): Promise<YankNote | undefined> {
  const bytes = await notes.read(place);
  if (bytes === undefined) return undefined;
  try {
    const { askedAt, yank } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    return typeof askedAt === 'number' ? { askedAt, yank: parseYank(yank) } : undefined;
  } catch {
    // Cut short by a crash: as good as none.
    return undefined;
  }
}

function parseYank(yank: unknown): Yank | undefined {
  if (typeof yank !== 'object' || yank === null) return undefined;
  const { reason, actor, yankedAt } = yank as Record<string, unknown>;
  return { reason: String(reason), actor: String(actor), yankedAt: String(yankedAt) };
}

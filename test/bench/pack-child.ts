/**
 * One pack in a process of its own, as `isma export pack` makes it: prints how long it took, and the memory that the process had.
 *
 * usage: node pack-child.ts <address of a server or folder> kept|replaced
 */
import { rooms } from '../../src/app/rooms.ts';
import { openEmbedded, openServer } from '../../src/db/open.ts';
import type { FileStore } from '../../src/files/store.ts';
import { usualChoices } from '../../src/isms/pack/pack.ts';
import { makePack } from '../../src/workflows/pack/make.ts';
import { silentLog, today } from '../support/harness.ts';
import { timed } from './measure.ts';
import { fileSize } from './pack-bench.ts';

const [place = '', names = ''] = process.argv.slice(2);

/** Files as a store gives them: new bytes each time. */
const files: FileStore = {
  put: async () => undefined,
  get: async (sha256) => Buffer.alloc(fileSize, sha256),
  delete: async () => undefined,
};

const db = await (/^postgres/.test(place) ? openServer(place) : openEmbedded({ folder: place }));
const choices = { ...usualChoices, names: names === 'replaced' ? ('replaced' as const) : ('kept' as const) };
const before = process.memoryUsage.rss();
let bytes = 0;
const { ms } = await timed(() =>
  makePack(
    { db, rooms, store: { files, log: silentLog }, now: today },
    { choices, by: null, most: Infinity },
    async (piece) => {
      bytes += piece.length;
    },
  ),
);
await db.close();
process.stdout.write(JSON.stringify({ ms, bytes, before, peak: process.resourceUsage().maxRSS * 1024 }));

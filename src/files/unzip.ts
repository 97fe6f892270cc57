/** Office files are zip archives: their sizes are checked before anything is unpacked. */
import { unzipSync } from 'fflate';

/** Unpacked size of one archive, in bytes; a long illustrated manual stays well below. */
const largestUnpacked = 200 * 1024 * 1024;
const mostEntries = 5_000;
/** Text packs up to about 20 to 1; far beyond that, an archive was made to explode. */
const steepestRatio = 200;

/** @throws Error when unpacking would take too much, or a name leaves the archive */
function assertSafeZip(bytes: Uint8Array): void {
  let entries = 0;
  let unpacked = 0;
  unzipSync(bytes, {
    filter({ name, originalSize }) {
      entries += 1;
      unpacked += originalSize;
      if (name.startsWith('/') || name.split(/[\\/]/).includes('..'))
        throw new Error('it names a file outside itself');
      return false;
    },
  });
  if (
    entries > mostEntries ||
    unpacked > largestUnpacked ||
    unpacked > bytes.length * steepestRatio + 1024 * 1024
  ) {
    throw new Error(
      `it would unpack to ${Math.round(unpacked / 1024 / 1024)} MB in ${entries} files, which is too much to be a document`,
    );
  }
}

/** The entries whose names match, none larger than the archive said; an entry that is ends where it should have. */
export function unpack(bytes: Uint8Array, matching: RegExp): Record<string, Uint8Array> {
  assertSafeZip(bytes);
  return unzipSync(bytes, { filter: ({ name }) => matching.test(name) });
}

/** The same as UTF-8 text, in the order of the archive. */
export function readZipTexts(bytes: Uint8Array, matching: RegExp): Map<string, string> {
  return new Map(
    Object.entries(unpack(bytes, matching)).map(([name, content]) => [
      name,
      new TextDecoder().decode(content),
    ]),
  );
}

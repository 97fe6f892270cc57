/** Files and pictures of a reply: read before it is sent, and handed over when the person has said where to. */
import type { OutgoingFile, Reply } from '../../conversation/contract.ts';
import { largestPicture } from './limits.ts';
import type { Mode } from './mode.ts';
import type { FileUpload } from './read-invoke.ts';
import { fileName, type Enclosures } from './render.ts';
import { isFileUrlAllowed } from './service-hosts.ts';

/** Milliseconds that handing over a file may take. */
const uploadTimeout = 30_000;
/** Bytes: Teams takes no larger file in one piece. */
const largestUpload = 60_000_000;

/** Everything of a reply that is a file, in the order in which it is offered: a picture that is too big comes last. */
export function filesOf({ files, picture }: Reply, pictureInside: boolean): OutgoingFile[] {
  return [...files, ...(picture === null || pictureInside ? [] : [picture])];
}

/** @param bytesOf  of a file, by its id; what is gone is not offered, and the words about it stay */
export async function readEnclosures(
  reply: Reply,
  bytesOf: (id: string) => Promise<Uint8Array | null>,
): Promise<Enclosures> {
  const picture = await pictureAddress(reply, bytesOf);
  const offered: Enclosures['offered'] = [];
  for (const { name, id, size } of filesOf(reply, picture !== null))
    if ((await bytesOf(id)) !== null) offered.push({ name, size });
  return { offered, picture };
}

async function pictureAddress(
  { picture }: Reply,
  bytesOf: (id: string) => Promise<Uint8Array | null>,
): Promise<string | null> {
  if (picture === null || picture.size > largestPicture) return null;
  const found = await bytesOf(picture.id);
  if (found === null) return null;
  const bytes = Buffer.from(found);
  const png = bytes.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
  const jpeg = bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));
  if (!png && !jpeg) return null;
  return `data:image/${png ? 'png' : 'jpeg'};base64,${bytes.toString('base64')}`;
}

/** @throws Error when the file is gone, too big, the address is on no list, or the other side does not take it */
export async function upload(mode: Mode, bytes: Uint8Array | null, { uploadUrl }: FileUpload): Promise<void> {
  if (!isFileUrlAllowed(mode, uploadUrl)) throw new Error('the upload address is not on the list of hosts');
  if (bytes === null) throw new Error('the file is gone');
  if (bytes.byteLength > largestUpload) throw new Error('the file is too big to be handed over');
  const answer = await fetch(uploadUrl, {
    method: 'PUT',
    redirect: 'error',
    signal: AbortSignal.timeout(uploadTimeout),
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `bytes 0-${bytes.byteLength - 1}/${bytes.byteLength}`,
    },
    body: new Uint8Array(bytes),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the file was not taken (${answer.status})`);
}

/** Shows the file where it now lies. */
export function fileInfo({ contentUrl, name, uniqueId, fileType }: FileUpload): object {
  return {
    contentType: 'application/vnd.microsoft.teams.card.file.info',
    contentUrl,
    name: fileName(name),
    content: { uniqueId, fileType },
  };
}

/** Files and pictures that we made, on their way into Slack; where the app may not upload, the message says so in words. */
import type { webApi } from '@slack/bolt';
import { NotSentError, type Delivery } from '../../conversation/port.ts';
import { throwIfOver } from '../../conversation/time-limit.ts';
import { describeError, type Log } from '../../log.ts';
import { asDeliveryError, refusalOf } from './errors.ts';

const timeout = 10_000;
/** Tries of a message in which its files may fail; afterwards its words go without them. */
const mostAttempts = 6;

export interface Uploaded {
  pictureId: string | null;
  /** Uploaded, and to be shared beside the message. */
  files: { id: string; title: string }[];
  /** What could not be brought here, in words. */
  missing: string[];
}

export async function uploadAll(
  client: webApi.WebClient,
  { reply, enclosed, attempt = 1 }: Pick<Delivery, 'reply' | 'enclosed' | 'attempt'>,
  signal: AbortSignal,
  log: Log,
): Promise<Uploaded> {
  const uploaded: Uploaded = { pictureId: null, files: [], missing: [] };
  const all = [...reply.files, ...(reply.picture === null ? [] : [reply.picture])];
  for (const file of all) {
    try {
      const id = await upload(client, file.name, enclosed?.get(file.id), signal);
      if (file === reply.picture) {
        await client.files.completeUploadExternal({ files: [{ id, title: file.name }] });
        uploaded.pictureId = id;
      } else uploaded.files.push({ id, title: file.name });
    } catch (error) {
      log.warn(describeError(error), 'a file could not be uploaded');
      // Nothing is said yet: the whole message waits a while for a Slack that takes files.
      if (refusalOf(error) === null && isPassing(error) && attempt <= mostAttempts)
        throw new NotSentError('a file could not be uploaded now', null, { cause: error });
      uploaded.missing.push(wordsFor(file.name, refusalOf(error)));
    }
  }
  return uploaded;
}

/** @returns words about what could not be shared; the message itself is there already */
export async function shareAll(
  client: webApi.WebClient,
  { files }: Uploaded,
  place: { channel: string; thread_ts?: string },
  log: Log,
): Promise<string[]> {
  if (files.length === 0) return [];
  const { channel, thread_ts } = place;
  const where = thread_ts === undefined ? { channel_id: channel } : { channel_id: channel, thread_ts };
  const [first, ...rest] = files as [Uploaded['files'][number], ...Uploaded['files']];
  try {
    await client.files.completeUploadExternal({ ...where, files: [first, ...rest] });
    return [];
  } catch (error) {
    log.warn(describeError(error), 'a file could not be shared');
    const refusal = refusalOf(error);
    return files.map(({ title }) =>
      refusal === null
        ? `If «${title}» does not appear here, ask me for it again.`
        : wordsFor(title, refusal),
    );
  }
}

/** To try it again would not help. */
class FileRefused extends Error {
  override name = 'FileRefused';
}

function isPassing(error: unknown): boolean {
  return !(error instanceof FileRefused) && asDeliveryError(error).name !== 'UndeliverableError';
}

function wordsFor(name: string, refusal: string | null): string {
  return refusal === 'missing_scope'
    ? `«${name}» cannot be attached here: this workspace has not allowed me to upload files.`
    : `«${name}» could not be attached just now.`;
}

async function upload(
  client: webApi.WebClient,
  name: string,
  content: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (content === undefined) throw new FileRefused('the file is gone');
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    filename: name,
    length: content.byteLength,
  });
  if (url === undefined || id === undefined) throw new Error('Slack gave no place to upload to');
  throwIfOver(signal);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(content),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
  });
  await response.arrayBuffer();
  if (response.status >= 400 && response.status < 500 && response.status !== 429)
    throw new FileRefused(`the upload was answered ${response.status}`);
  if (!response.ok) throw new Error(`the upload was answered ${response.status}`);
  return id;
}

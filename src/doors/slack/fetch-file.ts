/** Brings a file that a person attached: asked for by its id, and read with our token from Slack's own host alone. */
import { bytesOf, dropBody } from '../../conversation/download.ts';
import { TooLargeError, type Port } from '../../conversation/port.ts';
import { Refusal } from '../../errors.ts';
import { readFileSource } from './address.ts';
import type { Clients } from './client.ts';
import { refusalOf } from './errors.ts';

/** Milliseconds; whoever asks may wait shorter. */
const timeout = 60_000;
const filesHost = 'https://files.slack.com';

const notAllowed = new Set(['missing_scope', 'no_permission', 'not_allowed_token_type', 'access_denied']);

/** @param apiUrl  a stand-in's: files may lie there too */
export function createFetchFile(clients: Clients, apiUrl: string | null): NonNullable<Port['fetch']> {
  const origins = [filesHost, ...(apiUrl === null ? [] : [new URL(apiUrl).origin])];

  return async ({ name, source }, most, signal) => {
    const { team, file: id } = readFileSource(source);
    const client = await clients.of(team);
    const { file } = await client.files.info({ file: id }).catch((error: unknown) => {
      const refusal = refusalOf(error) ?? '';
      if (notAllowed.has(refusal)) throw mayNotRead(name);
      // Not found, or deleted.
      if (refusal.startsWith('file_')) throw lost(name);
      throw error;
    });
    const address = file?.url_private_download ?? file?.url_private ?? '';
    const origin = URL.parse(address)?.origin ?? '';
    if (file === undefined || file.mode === 'tombstone') throw lost(name);
    if (file.is_external === true || !origins.includes(origin))
      throw new Refusal(`«${name}» is not kept in Slack itself. Send me the file, or a link to it in words.`);
    if ((file.size ?? 0) > most) throw new TooLargeError(`the file has ${file.size} bytes`);

    const response = await fetch(address, {
      headers: { authorization: `Bearer ${client.token ?? ''}` },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    const page = response.headers.get('content-type')?.startsWith('text/html') === true;
    // Whom Slack does not let at the file it sends to its sign-in page.
    if (
      (response.status >= 300 && response.status < 400) ||
      response.status === 403 ||
      (page && file.mimetype !== 'text/html')
    ) {
      await dropBody(response);
      throw mayNotRead(name);
    }
    if (!response.ok) {
      await dropBody(response);
      if (response.status === 404 || response.status === 410) throw lost(name);
      throw new Error(`Slack answered ${response.status} for a file`);
    }
    return bytesOf(response, most);
  };
}

function lost(name: string): Refusal {
  return new Refusal(`«${name}» is no longer in Slack. Send it once more.`);
}

function mayNotRead(name: string): Refusal {
  return new Refusal(
    `I could not open «${name}»: this workspace has not allowed me to read files. Whoever manages Isma here can allow it (files:read); until then send me a link to it.`,
  );
}

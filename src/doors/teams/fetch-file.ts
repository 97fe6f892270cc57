/** Brings what a person attached: files from their OneDrive by the address that Teams made for us, pasted pictures from the service. */
import { bytesOf, dropBody } from '../../conversation/download.ts';
import type { Port } from '../../conversation/port.ts';
import { Refusal } from '../../errors.ts';
import type { FetchToken } from './credential.ts';
import type { Mode } from './mode.ts';
import { isFileUrlAllowed, isServiceUrlAllowed } from './service-hosts.ts';

/** Milliseconds; whoever asks may wait shorter. */
const timeout = 60_000;

/** @param fetchToken  null where the service asks for none */
export function createFetchFile(mode: Mode, fetchToken: FetchToken | null): NonNullable<Port['fetch']> {
  return async ({ name, contentType, source }, most, signal) => {
    const pasted = contentType.startsWith('image/');
    // A file's address lets anybody in who has it, for a while: our token is none of its business.
    if (pasted ? !isAttachmentUrl(mode, source) : !isFileUrlAllowed(mode, source))
      throw new Refusal(
        `I may not fetch «${name}» from where it lies. Attach the file itself, from your computer.`,
      );
    const token = pasted && fetchToken !== null ? await fetchToken() : null;
    const response = await fetch(source, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    if (response.ok) return bytesOf(response, most);
    await dropBody(response);
    if (response.status === 429 || response.status >= 500)
      throw new Error(`a file was not handed over (${response.status})`);
    throw new Refusal(`«${name}» could not be fetched: its link is no longer good. Attach it once more.`);
  };
}

/** Our token is asked for nothing but a picture of a message. */
function isAttachmentUrl(mode: Mode, source: string): boolean {
  const path = URL.parse(source)?.pathname ?? '';
  return isServiceUrlAllowed(mode, source) && /\/v3\/attachments\/[\w.%~-]+\/views\/\w+$/.test(path);
}

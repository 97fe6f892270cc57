/** Puts a file where the person has allowed it, after Teams has been answered: that can take longer than Teams waits. */
import type { Reply } from '../../conversation/contract.ts';
import { describeError, type Log } from '../../log.ts';
import type { Activity } from './activity.ts';
import { userAddress } from './address.ts';
import { tenantOf, userOf } from './activity.ts';
import type { Conversations } from './conversations.ts';
import { fileInfo, filesOf, readEnclosures, upload } from './enclosures.ts';
import { sendErrorOf } from './errors.ts';
import type { Mode } from './mode.ts';
import type { Invoke } from './read-invoke.ts';
import { consentType, renderMessage } from './render.ts';

export type FileHandover = (
  activity: Activity,
  reply: Reply,
  invoke: Extract<Invoke, { kind: 'file' }>,
) => void;

/** Milliseconds that showing the outcome may take. */
const updateTimeout = 10_000;

/** @param readFile  the bytes of a file that we made; null where it is gone */
export function createFileHandover(
  mode: Mode,
  conversations: Conversations,
  readFile: (id: string) => Promise<Uint8Array | null>,
  log: Log,
): { handOverFile: FileHandover; idle(): Promise<void> } {
  const running = new Set<Promise<void>>();

  async function run(
    activity: Activity,
    reply: Reply,
    { index, upload: where }: Parameters<FileHandover>[2],
  ) {
    const enclosures = await readEnclosures(reply, readFile);
    const file = filesOf(reply, enclosures.picture !== null)[index];
    let problem: string | null = null;
    try {
      if (file === undefined || where === null) throw new Error('there is no such file');
      await upload(mode, await readFile(file.id), where);
      log.info({ file: index }, 'a file was handed over');
    } catch (error) {
      log.warn({ file: index, ...describeError(error) }, 'a file was not handed over');
      problem = 'The file could not be put there. Please ask me for it again.';
    }
    if (!activity.replyToId) return;
    const signal = AbortSignal.timeout(updateTimeout);
    const conversation = await conversations.open(userAddress(tenantOf(activity), userOf(activity)), signal);
    const message = renderMessage(
      problem === null ? reply : { ...reply, note: problem },
      'personal',
      enclosures,
    );
    let at = -1;
    const attachments = (message.attachments as { contentType: string }[]).map((attachment) => {
      if (attachment.contentType === consentType) at += 1;
      const isThis = attachment.contentType === consentType && at === index;
      return isThis && problem === null && where !== null ? fileInfo(where) : attachment;
    });
    await conversation.connector.update(conversation.id, activity.replyToId, {
      ...message,
      id: activity.replyToId,
      attachments,
    });
  }

  return {
    handOverFile(activity, reply, invoke) {
      const work = run(activity, reply, invoke)
        .catch((error: unknown) =>
          log.warn({ ...describeError(sendErrorOf(error)) }, 'the end of a file was not shown'),
        )
        .finally(() => running.delete(work));
      running.add(work);
    },
    async idle() {
      await Promise.all(running);
    },
  };
}

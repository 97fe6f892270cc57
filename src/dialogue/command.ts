/** From the envelope of a message to a command of the records, and back to the one who asked. */
import type { Addressed, Context, ReplyParts } from '../conversation/contract.ts';
import type { CommandContext } from '../records/command-context.ts';

/** The person of the envelope, now, from the message that led here. */
export function commandOf({ person, now, inputId, link }: Context): CommandContext {
  return { actor: person, at: now, inputId, link };
}

/** Records are for the one who asks: in a channel others read along. */
export function toAsker(reply: ReplyParts): Addressed[] {
  return [{ to: 'asker', reply }];
}

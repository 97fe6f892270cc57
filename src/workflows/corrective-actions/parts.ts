/** What the whole workflow is given, and small words that its modules share. */
import type { Addressed, Attachment, Context, ReplyParts } from '../../conversation/contract.ts';
import type { Database } from '../../db/database.ts';
import type { FileStore } from '../../files/store.ts';
import type { Deed } from '../../isms/deed.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import type { ActiveEmbedder } from '../../knowledge/search-index.ts';
import type { Log } from '../../log.ts';

export interface Parts {
  db: Database;
  lexicon: Lexicon;
  embedder: ActiveEmbedder | null;
  files: FileStore;
  /** Bytes of the largest file that is kept as evidence. */
  largestFile: number;
  /**
   * Brings a file that a person sent, outside of any transaction.
   *
   * @throws TooLargeError, Refusal in words for the person
   */
  fetchFile(platform: string, attachment: Attachment): Promise<Uint8Array>;
  log: Log;
}

/** The person of the envelope, now, from the message that led here. */
export function deedOf({ person, now, inputId, link }: Context): Deed {
  return { by: person, at: now, inputId, link };
}

/** Records are for the one who asks: in a channel others read along. */
export function toAsker(reply: ReplyParts): Addressed[] {
  return [{ to: 'asker', reply }];
}

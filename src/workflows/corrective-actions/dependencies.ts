/** What the whole workflow is given. */
import type { Attachment } from '../../conversation/contract.ts';
import type { Database } from '../../db/database.ts';
import type { FileStore } from '../../files/store.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import type { ActiveEmbedder } from '../../knowledge/search-index.ts';
import type { Log } from '../../log.ts';

export interface Dependencies {
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

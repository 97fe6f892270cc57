/** What every room is given. */
import type { Workflow } from '../conversation/contract.ts';
import type { Pace } from '../conversation/port.ts';
import type { ReadWords } from '../conversation/reading.ts';
import type { Registers } from '../dialogue/room.ts';
import type { Intake } from '../dialogue/evidence-intake.ts';
import type { Lexicon } from '../knowledge/lexicon.ts';
import type { ActiveEmbedder } from '../knowledge/search-index.ts';

export interface Dependencies extends Intake {
  lexicon: Lexicon;
  embedder: ActiveEmbedder | null;
  /** A model reads what somebody wrote. */
  read: ReadWords;
  /** Whether one is set, so that nobody is offered what it would do. */
  hasModel: boolean;
  /** Of each platform that has limits. */
  paces: ReadonlyMap<string, Pace>;
  /** Those of all rooms, once there are all. */
  workflows(): readonly Workflow[];
  /** What all rooms keep. */
  registers(): readonly Registers[];
  /** Where browsers reach the shared screen; null where there is none. */
  screenUrl: string | null;
}

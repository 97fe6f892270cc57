/** What a run of an input may wait for: what waits for somebody outside never holds up what is quick. */

/**
 * `quick` waits for nobody but the database; `outside` may wait for a platform's file or the embedding service, `model` for
 * anything. An input begins in the first, and is run anew in another as soon as it is seen to need it.
 */
export const lanes = ['quick', 'outside', 'model'] as const;
export type Lane = (typeof lanes)[number];

/** Ends a run that may not wait for this; nothing was written by it yet. */
export class NeedsLane extends Error {
  override name = 'NeedsLane';
  readonly lane: Lane;
  /** Where the words answer a question of ours: the input that asked. Until they are read, more may be said. */
  asked: number | null = null;

  constructor(lane: Lane) {
    super(`It needs the lane ${lane}.`);
    this.lane = lane;
  }
}

/** To be called before anything is waited for and anything is written: what a run did is undone. @throws NeedsLane where this run may not */
export function needLane({ lane }: { lane: Lane }, needed: Lane): void {
  if (lanes.indexOf(lane) < lanes.indexOf(needed)) throw new NeedsLane(needed);
}

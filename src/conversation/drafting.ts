/** Words of an answer while it is made, shown where the platform can: each of them proven before it is shown. */
import type { Prepared } from './answerer.ts';
import type { Outcome } from './contract.ts';
import type { CoreOptions } from './port.ts';
import { type Asked } from './claim-input.ts';
import { keepDraft } from './inbox.ts';
import { describeError } from '../log.ts';
import type { Draft } from './port.ts';

export interface Drafting {
  /** An answer is being made and takes a moment. */
  begin(): void;
  /** @param release  lets text out as soon as it is proven; null holds everything until the end */
  onText(textSoFar: string, release: Prepared['release']): void;
  /** What the end does not confirm is taken away, in the end's own transaction. */
  settle(outcome: Outcome): Outcome;
  /** Nothing will be said after all. */
  abandon(): void;
  /** Aborted when the person asked to stop. */
  readonly stopped: AbortSignal | undefined;
}

export function createDrafting(
  { db, ports, log }: CoreOptions,
  { id, platform, input, draft: receipt }: Asked,
): Drafting {
  const port = ports.find((candidate) => candidate.platform === platform);
  const { place, sender, via } = input;
  let draft: Draft | null = null;
  let shown = '';
  /** One after the other: the last receipt is the one that holds. */
  let keeping = Promise.resolve();

  /** The receipt is on disk before the draft can be completed, unless the process dies first: then the platform keeps a stump. */
  function opened(given: string | null) {
    keeping = keeping
      .then(() => keepDraft(db, id, given))
      .catch((error: unknown) =>
        log.error({ input: id, ...describeError(error) }, 'the receipt of a draft was not kept'),
      );
  }

  return {
    begin: () => port?.busy?.(place, via),
    onText(textSoFar, release) {
      const proven = release?.(textSoFar) ?? '';
      if (proven.length <= shown.length) return;
      draft ??= port?.draft?.({ place, sender, via, draftKey: draftKey(id), receipt, opened }) ?? null;
      shown = proven;
      draft?.show(proven);
    },
    settle: (outcome) => async (tx) => {
      const addressed = await outcome(tx);
      if (draft !== null && addressed[0]?.reply.text.startsWith(shown) !== true) {
        draft.discard();
        await keepDraft(tx, id, null);
      }
      return addressed;
    },
    abandon: () => draft?.discard(),
    get stopped() {
      return draft?.stopped;
    },
  };
}

/** Ties a draft to the delivery that completes it. */
export function draftKey(inputId: number): string {
  return `input-${inputId}`;
}

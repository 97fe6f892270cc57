/** An entry of the audit log as a line of the pack: as it stands, or with words kept back and its place in the chain. */
import type { PackChoices } from '../../isms/pack/pack.ts';
import type { LinkedEntry } from '../../db/audit.ts';
import type { Redact } from './names.ts';

/** How well somebody did, in what an entry notes. */
const scoreKeys = /^(?:score|scores|points|correct|wrong|percent)$/i;

/** @returns the line, and whether its payload is whole, so that it can be checked by itself */
export function logLine({ seq, hash, payload }: LinkedEntry, { scores }: Pick<PackChoices, 'scores'>, redact: Redact): { text: string; isWhole: boolean } {
  let shown: unknown = null;
  let withheld: string | null = null;
  const without = redact(payload);
  if (without !== payload) {
    withheld = 'names';
    shown = deeply(JSON.parse(payload), redact, false);
  }
  if (!scores && /"(?:scores?|points|correct|wrong|percent)":\s*-?\d/i.test(payload)) {
    withheld = withheld === null ? 'scores' : 'names and scores';
    shown = deeply(shown ?? JSON.parse(payload), (text) => text, true);
  }
  return withheld === null
    ? { text: JSON.stringify({ seq, hash, payload }), isWhole: true }
    : { text: JSON.stringify({ seq, hash, withheld, shown }), isWhole: false };
} // prettier-ignore

function deeply(value: unknown, redact: Redact, hideScores: boolean): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each) => deeply(each, redact, hideScores));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, each]) => !(hideScores && typeof each === 'number' && scoreKeys.test(key)),
  );
  return Object.fromEntries(kept.map(([key, each]) => [redact(key), deeply(each, redact, hideScores)]));
}

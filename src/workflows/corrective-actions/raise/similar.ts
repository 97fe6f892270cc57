/** Which records are like one that is raised, or whose cause was found: its words in all their meanings, and its requirement. */
import { actionId, type ItemParts } from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import type { Actor } from '../../../records/command-context.ts';
import { stateInWords, type Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { selectSimilar, type Similar } from '../../../isms/nonconformity/similar.ts';
import { tokenize, type Lexicon } from '../../../knowledge/lexicon.ts';
import { isUnsaidGap } from '../words.ts';

/** Records that are shown: more of them are no help. */
const mostShown = 5;
const mostGroups = 24;
/** Letters of the shortest word that says something, where no lexicon tells which do. */
const shortestWord = 5;

interface Alike extends Pick<Nonconformity, 'title' | 'gap' | 'requirement'> {
  /** Left out for one that is only about to be raised. */
  id?: number;
  rootCause?: string | null;
}

/** @param lexicon  without it, words count as they stand */
export function findSimilar(
  tx: Queryable,
  lexicon: Lexicon | null,
  person: Pick<Actor, 'id' | 'roles'>,
  { id, title, gap, requirement, rootCause = null }: Alike,
): Promise<Similar[]> {
  const text = [title, isUnsaidGap(gap) ? '' : gap, rootCause ?? ''].join('\n');
  const groups = lexicon === null ? plainGroups(text) : groupsOf(lexicon, text);
  return selectSimilar(tx, person, { groups, requirement, butNot: id ?? null }, mostShown);
}

function groupsOf(lexicon: Lexicon, text: string): string[] {
  const groups = lexicon
    .analyse(text)
    .groups.map(({ targets }) =>
      targets
        .map(({ stems }) => stems.map(asPrefix).filter((stem) => stem !== ''))
        .filter((stems) => stems.length > 0)
        .map((stems) => (stems.length === 1 ? (stems[0] ?? '') : `(${stems.join('&')})`))
        .join('|'),
    )
    .filter((query) => query !== '');
  return [...new Set(groups)].slice(0, mostGroups);
}

function plainGroups(text: string): string[] {
  const long = tokenize(text).filter((word) => word.length >= shortestWord);
  return [
    ...new Set(long.map((word) => asPrefix(word.slice(0, Math.max(shortestWord, word.length - 2))))),
  ].slice(0, mostGroups);
}

/** Stems end before the ending: «polici» is to find «policy» too. */
function asPrefix(stem: string): string {
  const letters = stem.replace(/[^\p{L}\p{N}]/gu, '');
  if (letters.length < 3) return '';
  return `'${letters.length > 4 ? letters.replace(/[iy]$/, '') : letters}':*`;
}

/** One line for it: what, how it stands, and whether it may have come back. */
export function similarLine({ reference, title, state, sameRequirement, requirement }: Similar): string {
  const stands = state === 'closed' ? 'closed: it may have come back' : stateInWords[state];
  const same = sameRequirement ? `, also on ${requirement}` : '';
  return `${reference} «${shortened(title, 120)}» (${stands}${same})`;
}

/** To be chosen in place of a new record. */
export function similarItem(similar: Similar, proposal: number): ItemParts {
  const { reference, state } = similar;
  return {
    text: similarLine(similar),
    detail: isUnsaidGap(similar.gap) ? null : shortened(similar.gap, 200),
    button: {
      id: actionId('corrective-actions.same', { proposal, record: reference }),
      label: state === 'closed' ? 'It came back' : 'It is this one',
    },
  };
}

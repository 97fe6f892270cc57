/** From what somebody saw to the record that Isma proposes: type, grade, requirement, gap, each from their words and our policies. */
import type { Context } from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayOf } from '../../../language/calendar.ts';
import { normaliseRequirement } from '../../../records/requirement.ts';
import { search } from '../../../knowledge/search.ts';
import type { RaiseChange } from '../change.ts';
import type { Dependencies } from '../../dependencies.ts';
import { requirementInWords, type RaiseValues } from './raise-card.ts';
import { spelledOut, type DateReading } from '../../../language/dates.ts';
import { readRaise, type SaidFinding } from './read-raise.ts';
import { suggestGrade } from './suggest-grade.ts';
import { suggestRequirements, type SuggestedRequirement } from './suggest-requirement.ts';
import { capitalised, unwordedGap } from '../words.ts';

/** Written where nothing speaks for any requirement: whoever noticed it need not know the standard. */
const requirementUnknown = 'to be named by the ISMS manager';

/** What a person, or a model in their words, said of a finding; whatever is null or left out is proposed. */
export interface SaidRaise extends Partial<RaiseValues> {
  text: string;
}

export interface Drafted {
  change: RaiseChange;
  /** Other requirements that it may be about. */
  others: SuggestedRequirement[];
}

/** @param embedder  null where nothing may be waited for */
export async function draftRaise(
  tx: Queryable,
  { lexicon, embedder }: Pick<Dependencies, 'lexicon' | 'embedder'>,
  context: Context,
  said: SaidRaise,
): Promise<Drafted> {
  const { person, now } = context;
  const reading: DateReading = { now, timeZone: person.timeZone, locale: person.locale, towards: 'past' };
  const finding = readRaise(said.text, reading) ?? plainFinding(said.text, reading);
  const evidenceSeen = said.evidenceSeen ?? finding.evidence;
  const words = [said.title ?? finding.title, evidenceSeen, said.gap ?? ''].join('\n');
  const suggested =
    said.requirement == null ? await requirementsFor(tx, { lexicon, embedder }, context, words) : [];
  const [best, ...others] = suggested;
  const requirement =
    said.requirement == null
      ? (best?.id ?? requirementUnknown)
      : (normaliseRequirement(said.requirement) ?? said.requirement);
  const grade = suggestGrade(words);
  const today = dayOf(now, person.timeZone);
  const noticed = said.identifiedOn ?? finding.identifiedOn ?? today;
  return {
    others,
    change: {
      kind: 'nonconformity.raise',
      title: said.title ?? finding.title,
      requirement,
      evidenceSeen,
      gap: said.gap ?? finding.gap ?? gapFrom(requirement, best),
      source: said.source ?? finding.source,
      audit: said.audit ?? null,
      department: said.department ?? null,
      identifiedOn: noticed > today ? today : noticed,
      grade: said.grade ?? grade.grade,
      gradeReason:
        said.gradeReason ??
        (said.grade == null || said.grade === grade.grade ? grade.reason : 'As graded by whoever raised it.'),
      ownerId: null,
      exhibits: [],
    },
  };
}

/** On another requirement; a gap in the person's own words stays as it is. */
export function underRequirement(change: RaiseChange, requirement: string): RaiseChange {
  const gap = change.gap.startsWith(unwordedGap) ? gapFrom(requirement) : change.gap;
  return { ...change, requirement, gap };
}

function gapFrom(requirement: string, best?: SuggestedRequirement): string {
  if (requirement === requirementUnknown) return `${unwordedGap} is not as it should be.`;
  const title = best?.id === requirement ? `${requirement} ${best.title}` : requirementInWords(requirement);
  return `${unwordedGap} does not meet ${title}.`;
}

/** Words that tell of something without the turns of phrase that we know. */
function plainFinding(text: string, reading: DateReading): SaidFinding {
  const evidence = spelledOut(text.trim(), reading);
  const [first = ''] = text.trim().split(/(?<=[.!?])\s|\n/u);
  return {
    title: capitalised(shortened(first, 90)),
    evidence,
    gap: null,
    source: 'self',
    identifiedOn: null,
  };
}

/** Clauses and controls by their words, and the nearest section of our own policies that the person may read. */
async function requirementsFor(
  tx: Queryable,
  { lexicon, embedder }: Pick<Dependencies, 'lexicon' | 'embedder'>,
  { person, now }: Context,
  words: string,
): Promise<SuggestedRequirement[]> {
  const own = [person.department, ...person.groups, ...person.roles].flatMap(
    (name) => name?.toLowerCase() ?? [],
  );
  const { passages } = await search(tx, lexicon, {
    question: words.slice(0, 1_000),
    reader: { audiences: ['everyone', ...new Set(own)] },
    now,
    limit: 5,
    embedder,
  });
  return suggestRequirements(
    lexicon,
    words,
    passages
      .filter(({ kind }) => kind === 'policy')
      .map(({ reference, number, heading, title, score }) => ({
        reference,
        section: number,
        title: `${title}, ${heading}`,
        score,
      })),
  );
}

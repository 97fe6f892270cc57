/** From what somebody saw to the record that Isma proposes: type, grade, requirement, gap, each from their words and our policies. */
import type { Context } from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayOf } from '../../../language/calendar.ts';
import { normaliseRequirement, requirements, requirementsIn } from '../../../records/requirement.ts';
import { search } from '../../../knowledge/search.ts';
import type { RaiseChange } from '../change.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { RaiseValues } from './raise-card.ts';
import type { DateReading } from '../../../language/dates.ts';
import { readRaise, type SaidFinding } from './read-raise.ts';
import { suggestGrade } from './suggest-grade.ts';
import { suggestRequirements, type SuggestedRequirement, type Suggestion } from './suggest-requirement.ts';
import { capitalised, gapToBeSaid } from '../words.ts';
import { isImprovement } from '../../../isms/nonconformity/nonconformity.ts';

/** Of what is good and could be better. */
const nothingLacks = 'Nothing that is required is missing.';
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
  const finding = readRaise(said.text, reading) ?? plainFinding(said.text);
  const evidenceSeen = said.evidenceSeen ?? finding.evidence;
  const words = [said.title ?? finding.title, evidenceSeen, said.gap ?? ''].join('\n');
  const named = said.requirement ?? finding.requirement;
  const { likely, others } =
    named === null
      ? await requirementsFor(tx, { lexicon, embedder }, context, words)
      : { likely: null, others: namedToo(words, named) };
  const requirement =
    named === null ? (likely?.id ?? requirementUnknown) : (normaliseRequirement(named) ?? named);
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
      gap:
        said.gap ??
        finding.gap ??
        (isImprovement({ grade: said.grade ?? grade.grade }) ? nothingLacks : gapToBeSaid),
      source: said.source ?? finding.source,
      audit: said.audit ?? null,
      auditId: null,
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

/** With what should have been so; those words may say more of the requirement, where it was proposed by us. */
export async function withGap(
  tx: Queryable,
  parts: Pick<Dependencies, 'lexicon' | 'embedder'>,
  context: Context,
  change: RaiseChange,
  gap: string,
): Promise<Drafted> {
  const { title, evidenceSeen } = change;
  const text = [title, evidenceSeen].join('\n');
  const before = await draftRaise(tx, parts, context, { text, title, evidenceSeen });
  const isOurs = before.change.requirement === change.requirement;
  const named =
    requirementsIn(gap)[0] ?? (isOurs && requirementsIn(text).length === 0 ? null : change.requirement);
  const drafted = await draftRaise(tx, parts, context, { text, ...change, gap, requirement: named });
  return { ...drafted, change: { ...drafted.change, ownerId: change.ownerId, exhibits: change.exhibits } };
}

/** What of a card its person, or a model, said; null for what we proposed from its words, and propose anew from others. */
export async function saidBefore(
  tx: Queryable,
  parts: Pick<Dependencies, 'lexicon' | 'embedder'>,
  context: Context,
  { title, requirement, grade, gradeReason, evidenceSeen, gap, source, audit }: RaiseChange,
): Promise<Pick<RaiseValues, 'title' | 'requirement' | 'grade' | 'gradeReason' | 'source' | 'audit'>> {
  const ours = await draftRaise(tx, parts, context, { text: evidenceSeen, evidenceSeen, gap });
  const own = <Value>(is: Value, proposed: Value) => (is === proposed ? null : is);
  return {
    title: own(title, ours.change.title),
    requirement: own(requirement, ours.change.requirement),
    grade: own(grade, ours.change.grade),
    gradeReason: own(gradeReason, ours.change.gradeReason),
    source,
    audit,
  };
}

/** Words that tell of something without the turns of phrase that we know. */
function plainFinding(text: string): SaidFinding {
  const evidence = text.trim();
  const [first = ''] = evidence.split(/(?<=[.!?])\s|\n/u);
  return {
    title: capitalised(shortened(first, 200)),
    evidence,
    gap: null,
    source: 'self',
    identifiedOn: null,
    requirement: requirementsIn(text)[0] ?? null,
  };
}

/** What else they named is offered beside it. */
function namedToo(words: string, named: string): SuggestedRequirement[] {
  return requirementsIn(words)
    .filter((id) => id !== named)
    .slice(0, 2)
    .map((id) => ({ id, title: requirements().get(id)?.title ?? '', why: 'Named too.' }));
}

/** Clauses and controls by their words, and the nearest section of our own policies that the person may read. */
async function requirementsFor(
  tx: Queryable,
  { lexicon, embedder }: Pick<Dependencies, 'lexicon' | 'embedder'>,
  { person, now }: Context,
  words: string,
): Promise<Suggestion> {
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

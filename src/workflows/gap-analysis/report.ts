/** The report of an assessment for somebody who has never seen Isma: dates, who answered, claimed or seen, why, evidence, roadmap. */
import type { Queryable } from '../../db/database.ts';
import type { Block } from '../../files/write-document.ts';
import { documentBytes } from '../../files/write-document.ts';
import { assessments, selectBank, type Assessment } from '../../isms/assessment/assessment.ts';
import { selectAssignments } from '../../isms/assessment/assignment.ts';
import type { QuestionBank } from '../../isms/assessment/bank.ts';
import { selectOutcomes, type Outcome } from '../../isms/assessment/outcome.ts';
import { profileQuestions, selectProfile } from '../../isms/assessment/profile.ts';
import { scopeInWords, titleOf } from '../../isms/assessment/questions.ts';
import {
  countOf,
  gapsIn,
  isSeen,
  results,
  scoreOf,
  totalsOf,
  type Gap,
} from '../../isms/assessment/result.ts';
import { dayOf } from '../../language/calendar.ts';
import { type Language, type Say, dayIn, sayIn, wording } from '../../language/wording.ts';
import { selectEvidence } from '../../records/evidence.ts';
import { selectNames } from '../../records/person.ts';
import { columnsIn, percent, pictureOf, sharesOf } from './picture.ts';
import { partsOf } from './results.ts';
import { roadmapOf } from './roadmap.ts';

const mostGaps = 10;

export interface Reader {
  language: Language;
  timeZone: string;
}

interface Told {
  say: Say;
  language: Language;
  day(at: Date | string): string;
}

export async function reportOf(tx: Queryable, assessment: Assessment, reader: Reader, now: Date): Promise<Buffer> {
  const { language, timeZone } = reader;
  const say = wording('gap-report', language);
  const told: Told = { say, language, day: (at) => dayIn(language, typeof at === 'string' ? at : dayOf(at, timeZone)) };
  const bank = await selectBank(tx, assessment);
  const outcomes = await selectOutcomes(tx, assessment);
  const shares = sharesOf(outcomes, bank, language);
  const picture = await pictureOf(shares, language);
  const { chapters, themes } = partsOf(outcomes, bank, language);
  const counted = (totals: ReturnType<typeof totalsOf>) => results.map((result) => countOf(totals[result]));
  return documentBytes({
    title: say('title'),
    subtitle: `${assessment.covers ?? say('whole')} · ${told.day(now)}`,
    language,
    foot: assessment.reference,
    blocks: [
      { facts: await factsOf(tx, assessment, outcomes, told, scopeSaid(assessment.scope, bank, told), bank.version) },
      { heading: say('in_short') },
      ...inShort(outcomes, told, assessment.state),
      { heading: say('gaps') },
      ...gapBlocks(outcomes, told),
      { heading: say('roadmap') },
      ...(await roadmapBlocks(tx, assessment, told, dayOf(now, timeZone))),
      { heading: say('picture') },
      ...(picture === null ? [] : [picture]),
      { table: { columns: [say('part'), ...columnsIn(language)], rows: shares.map(({ label, shares: own }) => [label, ...own.map(percent)]) } },
      { heading: say('by_clause'), level: 2 },
      { table: { columns: [say('part'), ...results.map((result) => say(result))], rows: [...chapters, ...themes].map(({ name, totals }) => [name, ...counted(totals)]) } },
      ...differing(outcomes, told),
      { heading: say('details') },
      ...bank.themes.flatMap(({ id, title }) => details(sayIn(title, language), outcomes.filter(({ theme, leftOut }) => theme === id && leftOut === null), told)),
      ...leftOut(outcomes, told),
      { heading: say('evidence') },
      ...(await evidenceBlocks(tx, assessment, told)),
      { heading: say('how') },
      { text: say('how_text') },
    ],
  });
} // prettier-ignore

function scopeSaid(scope: Assessment['scope'], bank: QuestionBank, { say, language }: Told): string {
  return scope === 'quick' || scope === 'all' ? say(scope) : scopeInWords(scope, bank, language);
}

async function factsOf(tx: Queryable, assessment: Assessment, outcomes: readonly Outcome[], { say, day, language }: Told, scope: string, version: string) {
  const { reference, leadId, covers, state, auditOn, profileId, stateAt } = assessment;
  const names = await selectNames(tx, [leadId]);
  const days = outcomes.flatMap(({ answers }) => answers.flatMap(({ at }) => at ?? [])).toSorted((one, other) => +one - +other);
  const people = (await selectAssignments(tx, assessment.id)).map(({ personName, part }) => `${personName} (${say(`as_${part}`)})`);
  const profile = profileId === null ? null : await selectProfile(tx, profileId);
  const said = profile === null ? [] : profileQuestions(profile.given).flatMap(({ id, ask, choices = [] }) => {
    const choice = choices.find(({ as }) => as === profile.given.find(({ of }) => of === id)?.choice);
    return choice === undefined ? [] : [`${sayIn(ask, language)} ${sayIn(choice, language)}`];
  });
  const [first] = days;
  const last = days.at(-1);
  return [
    { label: say('reference'), value: reference },
    { label: say('asked'), value: [scope, covers ?? say('whole')].join(', ') },
    { label: say('lead'), value: names.get(leadId) ?? '' },
    { label: say('state'), value: `${say(state)}, ${day(stateAt)}` },
    ...(first === undefined || last === undefined ? [] : [{ label: say('from_to'), value: `${day(first)} – ${day(last)}` }]),
    { label: say('people'), value: [...new Set(people)].join('\n') },
    ...(said.length === 0 ? [] : [{ label: say('profile'), value: said.join('\n') }]),
    ...(auditOn === null ? [] : [{ label: say('audit_on'), value: day(auditOn) }]),
    { label: say('bank'), value: say('bank_version', { version }) },
  ];
} // prettier-ignore

function inShort(outcomes: readonly Outcome[], { say }: Told, state: Assessment['state']): Block[] {
  const totals = totalsOf(outcomes);
  const score = scoreOf(totals);
  const counts = results.filter((result) => countOf(totals[result]) > 0).map((result) => `${countOf(totals[result])} ${say(result)}`);
  const assessed = outcomes.filter(({ result }) => result !== 'not_applicable' && result !== 'not_assessed');
  const seen = assessed.filter(isSeen).length;
  return [
    { text: score === null ? say('no_score') : say('score', { score, counts: counts.join(', ') }), bold: true },
    { text: say('basis', { seen, claimed: assessed.length - seen }) },
    ...(state === 'final' || state === 'superseded' ? [] : [{ text: say('not_final') }]),
  ];
} // prettier-ignore

function ratingsOf({ defined, practised, proven }: Outcome, say: Say): string {
  return [defined, practised, proven].map((rating) => (rating === null ? '–' : say(rating))).join(' / ');
}

function whyOf({ of: { result, grade }, waiting }: Gap<Outcome>, say: Say): string {
  return [say(result === 'nonconform' ? grade : 'half'), ...(waiting > 0 ? [say('waited_for', { count: waiting })] : [])].join('; ');
} // prettier-ignore

function gapBlocks(outcomes: readonly Outcome[], { say, language }: Told): Block[] {
  const gaps = gapsIn(outcomes).slice(0, mostGaps);
  if (gaps.length === 0) return [{ text: say('no_gaps') }];
  const rows = gaps.map((gap) => [
    `${gap.of.requirement} ${titleOf(gap.of.requirement)}`,
    `${sayIn(gap.of.placed.criterion.is, language)}\n${ratingsOf(gap.of, say)}`,
    whyOf(gap, say),
    `${sayIn(gap.of.gap.close, language)} (${say(gap.of.gap.effort)})`,
  ]);
  return [
    {
      table: { columns: [say('requirement'), say('what_lacks'), say('why'), say('closes')], rows },
      widths: [18, 32, 18, 32],
    },
  ];
}

async function roadmapBlocks(tx: Queryable, assessment: Assessment, { say, day }: Told, today: string): Promise<Block[]> {
  const roadmap = await roadmapOf(tx, assessment, today);
  if (roadmap === null) return [{ text: say('no_packages') }];
  const { lines, ends, spare } = roadmap;
  const audit = assessment.auditOn;
  return [
    { text: say('ends', { day: day(ends) }), bold: true },
    ...(audit === null || spare === null ? [] : [{ text: say(spare < 0 ? 'late' : 'spare', { days: Math.abs(spare), audit: day(audit) }) }]),
    {
      table: {
        columns: [say('package'), say('owner'), say('effort'), say('when'), say('waits_for')],
        rows: lines.map(({ work, owner, planned, waitsFor }) => [
          `${work.reference} ${work.title}`,
          owner ?? say('nobody'),
          say(work.effort),
          planned === null ? say('done') : `${day(planned.from)} – ${day(planned.to)}${planned.isCritical ? `, ${say('critical')}` : ''}`,
          waitsFor.join(', '),
        ]),
      },
    },
  ];
} // prettier-ignore

function differing(outcomes: readonly Outcome[], { say, language }: Told): Block[] {
  const rows = outcomes
    .filter(({ differed }) => differed)
    .flatMap(({ requirement, placed, answers, holds, differs }) =>
      answers.map((each) => {
        const { byName, part, choice, words } = each;
        const chosen = placed.criterion.choices.find(({ as }) => as === choice);
        return [
          `${requirement}: ${sayIn(placed.criterion.is, language)}`,
          `${byName ?? ''}${part === null ? '' : ` (${say(`as_${part}`)})`}`,
          [
            chosen === undefined ? (words ?? '') : sayIn(chosen, language),
            ...(each === holds && !differs ? [say('counts')] : []),
          ].join('\n'),
        ];
      }),
    );
  if (rows.length === 0) return [];
  return [
    { heading: say('differing') },
    { table: { columns: [say('criterion'), say('person'), say('answer')], rows } },
  ];
}

function details(theme: string, outcomes: readonly Outcome[], { say, day, language }: Told): Block[] {
  if (outcomes.length === 0) return [];
  const rows = outcomes.map((outcome) => {
    const { holds, placed, requirement, result } = outcome;
    const chosen = placed.criterion.choices.find(({ as }) => as === holds?.choice);
    const said = [chosen === undefined ? null : sayIn(chosen, language), holds?.words ?? null].filter((part) => part !== null && part !== '');
    return [
      `${requirement}: ${sayIn(placed.criterion.is, language)}`,
      result === 'not_assessed' || result === 'not_applicable' ? say(result) : `${say(result)} (${say(isSeen(outcome) ? 'seen' : 'claimed')})`,
      ratingsOf(outcome, say),
      [...new Set(said)].join('\n'),
      holds?.byName == null || holds.at === null ? '' : `${holds.byName}, ${day(holds.at)}`,
    ];
  });
  const columns = [say('criterion'), say('result'), say('ratings'), say('answer'), say('person')];
  return [{ heading: theme, level: 2 }, { table: { columns, rows }, widths: [34, 15, 15, 21, 15] }];
} // prettier-ignore

function leftOut(outcomes: readonly Outcome[], { say, language }: Told): Block[] {
  const rows = outcomes.flatMap(
    ({ leftOut: why, holds, result, requirement, placed: { criterion, about } }) => {
      if (result !== 'not_applicable') return [];
      const drops = [...(about.drop ?? []), ...(criterion.drop ?? [])];
      const reason = drops.find((drop) => drop.reason.en === why)?.reason;
      const said = reason === undefined ? (why ?? holds?.words ?? '') : sayIn(reason, language);
      return [[`${requirement}: ${sayIn(criterion.is, language)}`, said]];
    },
  );
  if (rows.length === 0) return [];
  return [{ heading: say('left_out') }, { table: { columns: [say('criterion'), say('why')], rows } }];
}

async function evidenceBlocks(tx: Queryable, assessment: Assessment, { say, day }: Told): Promise<Block[]> {
  const evidence = await selectEvidence(tx, [assessments.nameOf(assessment)]);
  if (evidence.length === 0) return [{ text: say('no_evidence') }];
  const rows = evidence.map(({ title, fileName, address, sha256, uploadedByName, uploadedAt }) => [
    [title, fileName ?? address ?? '']
      .filter((part, index, all) => part !== '' && all.indexOf(part) === index)
      .join('\n'),
    `${uploadedByName}, ${day(uploadedAt)}`,
    sha256 ?? '',
  ]);
  return [{ table: { columns: [say('title_of'), say('given_on'), 'SHA-256'], rows } }];
}

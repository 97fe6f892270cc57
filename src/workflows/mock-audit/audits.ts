/** A mock audit of records and people: its list and its sample, what was found, and what that says. */
import { createHash, randomBytes } from 'node:crypto';
import {
  actionId,
  type Actions,
  type Addressed,
  type ButtonParts,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { likely, unlikely } from '../../dialogue/buttons.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentText, type Errors } from '../../dialogue/form-fields.ts';
import { asked, proposeChanges } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { titleOf } from '../../isms/assessment/questions.ts';
import { criteriaNamed, requirementOf } from '../../isms/mock-audit/roles.ts';
import { selectGivenTo, selectInAudit } from '../../isms/mock-audit/interview.ts';
import {
  bringList,
  drawCases,
  finishMockAudit,
  leads,
  mockAudits,
  mockAuditStates,
  openMockAudit,
  selectCases,
  selectFacts,
  type MockAudit,
  type MockCase,
} from '../../isms/mock-audit/mock-audit.ts';
import { nameColumn, selectPopulation, selectUnused } from '../../isms/mock-audit/population.ts';
import { couldFail, usualSize } from '../../isms/mock-audit/sample.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { linesOf, shortened } from '../../language/text.ts';
import { normaliseRequirement } from '../../records/requirement.ts';
import { recordButton, room, signButton } from './buttons.ts';

/** Points that people miss, of those that a report names. */
const mostPoints = 5;

/** @throws Refusal for what the person may not see, as for what is not there */
export async function findAudit(tx: Queryable, { person }: Context, reference: string): Promise<MockAudit> {
  const named = await mockAudits.selectOptional(tx, reference);
  const [found] = await mockAudits.selectSeen(tx, person, 'id = $3', [named?.id ?? 0]);
  if (found === undefined) throw new Refusal(`There is no ${reference} that you may see. Say «mock audits» for those that you may.`);
  return found;
} // prettier-ignore

/** Locked until the caller's transaction ends, for whoever leads it. */
export async function lockAudit(tx: Queryable, context: Context, reference: string): Promise<MockAudit> {
  const { id } = await findAudit(tx, context, reference);
  const audit = await mockAudits.lock(tx, id);
  await leads.refuseUnless(tx, commandOf(context), audit, null);
  return audit;
}

interface Counts {
  conforming: number;
  nonconforming: number;
  open: number;
  apart: number;
}

function countsOf(cases: readonly Pick<MockCase, 'state'>[]): Counts {
  const of = (state: MockCase['state']) => cases.filter((each) => each.state === state).length;
  return { conforming: of('conforming'), nonconforming: of('nonconforming'), open: of('open'), apart: of('not_applicable') };
} // prettier-ignore

const areOrIs = (count: number, many: string, one: string) => `${count} ${count === 1 ? one : many}`;

/** What a sample says, and what it does not. */
export function saysOf({ conforming, nonconforming, apart }: Counts, rows: number): string {
  const looked = conforming + nonconforming;
  const left = rows - looked - apart;
  const aside = apart === 0 ? '' : ` ${areOrIs(apart, 'do not count', 'does not count')}.`;
  if (looked === 0) return `No case that was drawn applies.${aside}`;
  if (nonconforming > 0)
    return `${conforming} of ${looked} conform, ${areOrIs(nonconforming, 'do not', 'does not')}.${aside} So at least ${nonconforming} of all ${rows} ${nonconforming === 1 ? 'does' : 'do'} not. How many of the ${left} that nobody looked at, the sample cannot say: find out why first, then look at them all.`;
  if (left === 0) return `All ${looked} conform, and no others are on the list.${aside}`;
  const could = couldFail(rows - apart, looked);
  return `All ${looked} that were drawn conform.${aside} That is no proof for the other ${left}: even if ${could} of them did not, one sample in twenty like this would find nothing.`;
} // prettier-ignore

function isOver({ state }: MockAudit): boolean {
  return state === 'final' || state === 'superseded';
}

/** The sheet of an audit as it is now; with a list to come, the next file is it. */
export async function auditCard(tx: Queryable, context: Context, audit: MockAudit, lead: string | null = null): Promise<Addressed[]> {
  const { person } = context;
  const { id, reference, about, requirement, state, populationId, seed } = audit;
  const list = populationId === null ? null : await selectPopulation(tx, populationId);
  const cases = await selectCases(tx, audit);
  const counts = countsOf(cases);
  const may = leads.allows(person, audit, null);
  const people = await selectInAudit(tx, id);
  const over = isOver(audit);
  const points = over ? await pointsIn(tx, audit) : [];
  const judged = cases.length - counts.open;
  const says = cases.length > 0 && counts.open === 0 ? saysOf(counts, list?.rows.length ?? cases.length) : null;
  const needsList = list === null && !over && may;
  const reply: ReplyParts = {
    text: linesOf(
      lead,
      says ?? (needsList ? 'Send me the list that the cases are drawn from, as CSV or XLSX: everybody who left, all changes, all suppliers. Its first row names the columns.' : list !== null && seed === null ? `${list.title} has ${list.rows.length} rows. How many shall I draw?` : cases.length === 0 ? 'No cases were drawn.' : `${judged} of ${cases.length} cases ${judged === 1 ? 'is' : 'are'} looked at.`),
      `${reference} · ${about} · ${state.replaceAll('_', ' ')}`,
    ),
    facts: [
      ...(requirement === null ? [] : [{ label: 'Against', value: `${requirement} ${titleOf(requirement)}` }]),
      ...(list === null || seed === null ? [] : [{ label: 'Drawn', value: `${cases.length} of ${list.rows.length} in ${list.title}, rows ${cases.map(({ rowNumber }) => rowNumber).join(', ')}` }]),
      ...(people.invited === 0 ? [] : [{ label: 'Interviews', value: `${people.done} of ${people.invited} who were invited have answered` }]),
      ...(points.length === 0 ? [] : [{ label: 'Left out most often in interviews', value: points.map(({ text }) => text).join('; ') }]),
      ...(over && people.invited > 0 && points.length === 0 ? [{ label: 'From interviews', value: 'nothing can be shown: too few gave what they missed' }] : []),
    ],
    aside: list === null || seed === null ? null : `Anybody can draw the same rows again: seed ${seed}, list ${list.hash.slice(0, 12)}.`,
    buttons: likely(await buttonsFor(tx, context, audit, { cases, points: points.length }), recordButton('more', 'More', reference)),
  };
  const [addressed] = asked(reply, lead !== null);
  if (addressed === undefined || !needsList) return addressed === undefined ? [] : [addressed];
  return [{ ...addressed, awaits: actionId(`${room}.list`, { record: reference }) }];
} // prettier-ignore

/** All that the person may do about it, the likely first. @param points  of interviews that can be shown */
async function buttonsFor(tx: Queryable, { person }: Context, audit: MockAudit, { cases, points }: { cases: readonly MockCase[]; points: number }): Promise<ButtonParts[]> {
  const { reference, state, seed, populationId } = audit;
  const may = leads.allows(person, audit, null);
  const counts = countsOf(cases);
  const listed = populationId !== null;
  const over = isOver(audit);
  const facts = await selectFacts(tx, audit);
  const finish = state === 'in_review' && mockAuditStates.step('finish', audit, facts)?.lacks.length === 0;
  const unused = listed || over || !may ? [] : await selectUnused(tx);
  const all = recordButton('cases', 'Cases', reference);
  return [
    ...unused.slice(0, 1).map(({ id, title, size }) => ({ id: actionId(`${room}.use`, { record: reference, list: id }), label: shortened(`Use ${title} (${size} rows)`, 70), style: 'primary' as const })),
    ...(may && listed && seed === null ? [recordButton('draw', 'Draw', reference, { style: 'primary', opensForm: true })] : []),
    ...(may && counts.open > 0 ? [recordButton('next', 'Next case', reference, { style: 'primary' })] : []),
    ...(may && finish ? [signButton('finish', 'Make it final', { record: reference }, seenOf(audit, cases), { style: cases.length > 0 ? 'primary' : 'plain' })] : []),
    ...(may && counts.nonconforming > 0 && counts.open === 0 ? [recordButton('raise', 'Raise it', reference)] : []),
    ...(may && points > 0 ? [recordButton('improve', 'Raise an improvement', reference)] : []),
    ...(may && !over ? [recordButton('invite', 'Invite people', reference, { opensForm: true })] : []),
    ...(cases.length > 0 ? [all] : []),
  ];
} // prettier-ignore

/** What the card shows, in a few characters. */
function seenOf({ version }: MockAudit, cases: readonly MockCase[]): string {
  const shown = JSON.stringify([version, cases.map((each) => each.version)]);
  return createHash('sha256').update(shown).digest('base64url').slice(0, 10);
}

/** What people left out most often, in words; of an audit that is over. */
async function pointsIn(tx: Queryable, { id }: MockAudit): Promise<{ text: string; requirement: string }[]> {
  const { points } = await selectGivenTo(tx, id);
  return points.slice(0, mostPoints).flatMap(({ criterion, point, missed, answers }) => {
    const [placed] = criteriaNamed([criterion]);
    const text = placed?.criterion.hears[point - 1];
    return placed === undefined || text === undefined ? [] : [{ text: `${text} (${missed} of ${answers})`, requirement: placed.requirement }];
  });
} // prettier-ignore

/** All that the person may see, the newest first. */
export async function listCard(tx: Queryable, { person }: Context): Promise<ReplyParts> {
  const seen = (await mockAudits.selectSeen(tx, person, 'true')).toReversed().slice(0, 15);
  if (seen.length === 0) return { text: 'There is no mock audit that you may see. Say «mock audit» to practise the interview for yourself.' };
  return {
    text: seen.length === 1 ? '1 mock audit.' : `${seen.length} mock audits, the newest first.`,
    items: seen.map(({ reference, about, state, stateAt }) => ({
      text: `${reference} · ${about}`,
      detail: `${state.replaceAll('_', ' ')} since ${dayInWords(dayOf(stateAt, person.timeZone))}`,
      button: recordButton('show', 'Look', reference),
    })),
  };
} // prettier-ignore

/** @throws Refusal for whoever may not lead one */
export async function startAudit(tx: Queryable, context: Context, about: string): Promise<MockAudit> {
  return openMockAudit(tx, commandOf(context), { about, requirement: requirementOf(about) });
}

function findingsOf(audit: MockAudit, cases: readonly MockCase[], { now, person }: Context) {
  const { reference, about, requirement } = audit;
  const failing = cases.filter(({ state }) => state === 'nonconforming');
  const { conforming, nonconforming } = countsOf(cases);
  const looked = conforming + nonconforming;
  const isMost = nonconforming * 2 >= looked && nonconforming > 1;
  return {
    kind: 'nonconformity.raise',
    title: shortened(`${about}: ${nonconforming} of ${looked} sampled cases ${nonconforming === 1 ? 'does' : 'do'} not conform`, 120),
    requirement: requirement ?? '',
    evidenceSeen: failing.map((each) => `${each.reference} ${each.title}: ${each.words ?? ''}`).join('\n').slice(0, 4_000),
    gap: `${nonconforming} of ${looked} cases that were drawn at random ${nonconforming === 1 ? 'was not as it' : 'were not as they'} should be.`,
    source: 'internal_audit',
    audit: reference,
    identifiedOn: dayOf(now, person.timeZone),
    grade: isMost ? 'major' : 'minor',
    gradeReason: isMost ? 'Half of the cases or more: it is no single slip.' : 'Fewer than half of the cases.',
  };
} // prettier-ignore

async function improvementOf(tx: Queryable, audit: MockAudit, { now, person }: Context) {
  const points = await pointsIn(tx, audit);
  const [first] = points;
  if (first === undefined) throw new Refusal('There is nothing from interviews that can be shown.');
  return {
    kind: 'nonconformity.raise',
    title: shortened(`${audit.about}: people do not know of ${first.text.replace(/ \(\d.*$/, '')}`, 120),
    requirement: audit.requirement ?? first.requirement,
    evidenceSeen: `Left out most often in the interviews of ${audit.reference}: ${points.map(({ text }) => text).join('; ')}.`,
    gap: 'Those who were asked left out what a good answer mentions.',
    source: 'internal_audit',
    audit: audit.reference,
    identifiedOn: dayOf(now, person.timeZone),
    grade: 'ofi',
    gradeReason: 'It comes from what people said, and no case failed because of it.',
  };
}

export const auditActions: Actions = {
  [`${room}.show`]: async (tx, context, { argument }) => auditCard(tx, context, await findAudit(tx, context, argument('record'))),
  [`${room}.more`]: async (tx, context, { argument }) => {
    const audit = await findAudit(tx, context, argument('record'));
    const points = isOver(audit) ? (await pointsIn(tx, audit)).length : 0;
    const all = await buttonsFor(tx, context, audit, { cases: await selectCases(tx, audit), points });
    return toAsker({ text: `What else shall be done with ${audit.reference}?`, buttons: unlikely(all) });
  },
  [`${room}.audits`]: async (tx, context) => toAsker(await listCard(tx, context)),
  [`${room}.use`]: async (tx, context, { argument }) => {
    const audit = await lockAudit(tx, context, argument('record'));
    const unused = (await selectUnused(tx)).find(({ id }) => String(id) === argument('list'));
    if (unused === undefined) throw new Refusal('That list is used already.');
    const population = await selectPopulation(tx, unused.id);
    return auditCard(tx, context, await bringList(tx, commandOf(context), audit, population), 'Taken.');
  },
  ...formCommand(room, 'draw', {
    async open(tx, context, { argument }) {
      const audit = await lockAudit(tx, context, argument('record'));
      if (audit.populationId === null || audit.seed !== null) throw new Refusal(`${audit.reference} has no list that is still to be drawn from.`);
      return { tx, context, audit, list: await selectPopulation(tx, audit.populationId) };
    },
    lead: ({ list }) => `How many of the ${list.rows.length} rows shall I draw?`,
    form: ({ audit, list: { columns, rows } }) => ({
      id: actionId(`${room}.send-draw`, { record: audit.reference }),
      title: 'Draw a sample',
      submitLabel: 'Draw',
      fields: [
        field('size', `How many of ${rows.length}?`, 'number', { value: String(usualSize(rows.length)) }),
        field('name', 'Which column says what a case is?', 'choice', {
          value: String(nameColumn(columns)),
          options: columns.slice(0, 100).map((column, index) => ({ value: String(index + 1), label: shortened(column, 70) })),
        }),
        field('requirement', 'Against which requirement?', 'text', { value: audit.requirement, hint: 'As A.5.18, or POL-09 3.2.' }),
      ],
    }),
    wrong({ list }, fields): Errors {
      const size = Number(sentText(fields, 'size'));
      const said = sentText(fields, 'requirement');
      return {
        ...(Number.isInteger(size) && size >= 1 && size <= Math.min(list.rows.length, 100) ? {} : { size: `A number from 1 to ${Math.min(list.rows.length, 100)}.` }),
        ...(normaliseRequirement(said) !== null ? {} : { requirement: `I know no requirement «${said}».` }),
      };
    },
    at: 'size',
    async write({ tx, context, audit }, fields) {
      const drawing = { seed: randomBytes(8).toString('hex'), size: Number(sentText(fields, 'size')), nameAt: Number(sentText(fields, 'name')), requirement: normaliseRequirement(sentText(fields, 'requirement')) };
      return auditCard(tx, context, await drawCases(tx, commandOf(context), audit, drawing), 'Drawn at random.');
    },
  }),
  [`${room}.finish`]: {
    async look(tx, context, { argument }) {
      const audit = await lockAudit(tx, context, argument('record'));
      return {
        seen: seenOf(audit, await selectCases(tx, audit)),
        card: async () => (await auditCard(tx, context, audit))[0]?.reply ?? { text: audit.reference },
      };
    },
    async sign(tx, context, { argument }) {
      const audit = await lockAudit(tx, context, argument('record'));
      const final = await finishMockAudit(tx, commandOf(context), audit);
      return auditCard(tx, context, final, `${final.reference} is final.`);
    },
  },
  [`${room}.raise`]: async (tx, context, { argument }) => {
    const audit = await lockAudit(tx, context, argument('record'));
    return proposeChanges(tx, context, [findingsOf(audit, await selectCases(tx, audit), context)]);
  },
  [`${room}.improve`]: async (tx, context, { argument }) => {
    const audit = await lockAudit(tx, context, argument('record'));
    return proposeChanges(tx, context, [await improvementOf(tx, audit, context)]);
  },
}; // prettier-ignore

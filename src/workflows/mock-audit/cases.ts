/** One case of a sample after the other: what the list says of it, the evidence, what was seen, and the verdict. */
import {
  actionId,
  type Actions,
  type Addressed,
  type AnswerHandler,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { evidenceShown } from '../../dialogue/evidence.ts';
import { keepTaken, takeIn, type Intake } from '../../dialogue/evidence-intake.ts';
import { formHandlers } from '../../dialogue/form.ts';
import { field, sentText } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import {
  judgeCase,
  judgingsOf,
  mockAudits,
  mockCases,
  selectCases,
  type Judging,
  type MockAudit,
  type MockCase,
} from '../../isms/mock-audit/mock-audit.ts';
import { selectPopulation } from '../../isms/mock-audit/population.ts';
import { linesOf } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectEvidence } from '../../records/evidence.ts';
import { auditCard, findAudit } from './audits.ts';
import { recordButton, room } from './buttons.ts';

const verdicts = words('mock-audits/verdicts');
const labels: Record<Judging, string> = {
  conform: 'Conforms',
  fail: 'Does not conform',
  leaveOut: 'Does not apply',
};
const stateInWords: Record<MockCase['state'], string> = {
  open: 'not looked at yet',
  conforming: 'conforms',
  nonconforming: 'does not conform',
  not_applicable: 'does not apply',
};
/** Columns of the list that a case shows. */
const mostColumns = 12;

interface Opened {
  tx: Queryable;
  context: Context;
  row: MockCase;
  audit: MockAudit;
  judging: Judging;
}

async function findCase(tx: Queryable, { person }: Context, reference: string): Promise<{ row: MockCase; audit: MockAudit }> {
  const named = await mockCases.selectOptional(tx, reference);
  const [row] = await mockCases.selectSeen(tx, person, 'id = $3', [named?.id ?? 0]);
  if (row === undefined) throw new Refusal(`There is no ${reference} that you may see. Say «mock audits» for those that you may.`);
  return { row, audit: await mockAudits.select(tx, row.mockAuditId) };
} // prettier-ignore

async function lockCase(tx: Queryable, context: Context, reference: string): Promise<{ row: MockCase; audit: MockAudit }> {
  const { row, audit } = await findCase(tx, context, reference);
  return { row: await mockCases.lock(tx, row.id), audit };
} // prettier-ignore

/** Its words, files and verdict may follow. */
async function caseCard(tx: Queryable, { person }: Context, row: MockCase, audit: MockAudit, lead: string | null = null, replaces = true): Promise<Addressed[]> {
  const { reference, ordinal, title, state, words: said, rowNumber } = row;
  const { columns, rows } = await selectPopulation(tx, audit.populationId ?? 0);
  const cells = rows[rowNumber - 1] ?? [];
  const evidence = evidenceShown(room, await selectEvidence(tx, [mockCases.nameOf(row)]));
  const all = await selectCases(tx, audit);
  const judgings = judgingsOf(person, row, audit);
  const reply: ReplyParts = {
    text: linesOf(
      lead,
      `Case ${ordinal} of ${all.length}: ${title}`,
      `${reference} of ${audit.reference} · row ${rowNumber} · ${stateInWords[state]}`,
      judgings.length === 0 || state !== 'open' || said !== null ? null : 'Send what shows it, and say what you saw.',
    ),
    facts: [
      ...columns.slice(0, mostColumns).map((label, index) => ({ label, value: cells[index] || '–' })),
      ...(said === null ? [] : [{ label: 'Seen', value: said }]),
    ],
    items: evidence,
    buttons: [
      ...judgings.map((judging) => ({
        id: actionId(`${room}.judge`, { record: reference, as: judging }),
        label: labels[judging],
        opensForm: said === null,
        style: judging === 'conform' ? ('primary' as const) : ('plain' as const),
      })),
      ...(judgings.length > 2 ? [] : [recordButton('show', audit.reference, audit.reference)]),
    ],
  };
  return asked(reply, replaces).map((each) =>
    judgings.length === 0 ? each : { ...each, awaits: actionId(`${room}.case`, { record: reference }) },
  );
} // prettier-ignore

/** The next that nobody has judged; where there is none, what all of them say. */
async function nextCase(
  tx: Queryable,
  context: Context,
  audit: MockAudit,
  lead: string | null,
): Promise<Addressed[]> {
  const open = (await selectCases(tx, audit)).find(({ state }) => state === 'open');
  if (open !== undefined) return caseCard(tx, context, open, audit, lead);
  return auditCard(tx, context, await mockAudits.select(tx, audit.id), lead ?? 'All cases are looked at.');
}

async function judge(
  { tx, context, row, audit, judging }: Opened,
  said: string | null,
): Promise<Addressed[]> {
  const after = await judgeCase(tx, commandOf(context), row, { judging, words: said });
  return nextCase(tx, context, audit, `${after.title}: ${labels[judging].toLowerCase()}.`);
}

const form = formHandlers<Opened>({
  open: opened,
  lead: ({ row }) => `What did you see of ${row.title}?`,
  form: ({ row, judging }) => ({
    id: actionId(`${room}.send-judge`, { record: row.reference, as: judging }),
    title: row.reference,
    submitLabel: labels[judging],
    fields: [field('words', 'What did you see, and where?', 'multiline', { value: row.words })],
  }),
  at: 'words',
  write: (at, fields) => judge(at, sentText(fields, 'words')),
});

async function opened(tx: Queryable, context: Context, { argument }: { argument(name: string): string }): Promise<Opened> {
  const { row, audit } = await lockCase(tx, context, argument('record'));
  const judging = judgingsOf(context.person, row, audit).find((each) => each === argument('as'));
  if (judging === undefined) throw new Refusal(`${row.reference}: ${stateInWords[row.state]}, and not to be judged so by you.`);
  return { tx, context, row, audit, judging };
} // prettier-ignore

export const caseActions: Actions = {
  [`${room}.next`]: async (tx, context, { argument }) => nextCase(tx, context, await findAudit(tx, context, argument('record')), null),
  [`${room}.case`]: async (tx, context, { argument }) => {
    const { row, audit } = await findCase(tx, context, argument('record'));
    return caseCard(tx, context, row, audit, null, false);
  },
  [`${room}.cases`]: async (tx, context, { argument }) => {
    const audit = await findAudit(tx, context, argument('record'));
    const all = await selectCases(tx, audit);
    return toAsker({
      text: `${all.length === 1 ? '1 case' : `${all.length} cases`} of ${audit.reference}.`,
      items: all.map(({ reference, title, state, words: said }) => ({
        text: `${title} · ${stateInWords[state]}`,
        detail: said,
        button: recordButton('case', 'Look', reference),
      })),
    });
  },
  [`${room}.judge`]: async (tx, context, call) => {
    const at = await opened(tx, context, call);
    return at.row.words === null ? form.open(tx, context, call) : judge(at, null);
  },
  [`${room}.send-judge`]: form.send,
}; // prettier-ignore

/** Words and files that follow a case: «does not conform: the mail account was open for 12 days». */
export function caseAnswer(parts: Intake): AnswerHandler {
  return async (context, { text, attachments }, argument) => {
    if (/[?¿]\s*$/.test(text)) return null;
    const taken = await takeIn(parts, context, attachments);
    return async (tx) => {
      const { row, audit } = await lockCase(tx, context, argument('record'));
      const judgings = judgingsOf(context.person, row, audit);
      const named = verdicts.begins(text.replaceAll('/', ' '));
      const judging = judgings.find((each) => each === named?.meaning) ?? null;
      const rest = named === null ? text : text.slice(named.to).replace(/^[\s:,.;–-]+/, '');
      const said = rest.trim() === '' ? null : [row.words, rest.trim()].filter((each) => each !== null).join('\n');
      const noted = await judgeCase(tx, commandOf(context), row, { judging: null, words: said });
      const kept = await keepTaken(tx, commandOf(context), taken, { record: mockCases.nameOf(row), purpose: 'case' });
      const lead = [...taken.problems, ...(kept.length === 0 ? [] : [`Kept: ${kept.map(({ title }) => title).join(', ')}.`])].join('\n') || null;
      if (judging !== null && noted.words !== null) return judge({ tx, context, row: noted, audit, judging }, null);
      return caseCard(tx, context, noted, audit, lead ?? (judging === null ? 'Noted. Does it conform?' : 'What did you see?'), false);
    };
  };
} // prettier-ignore

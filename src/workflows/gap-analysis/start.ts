/** Beginning a gap analysis, or going on with one: which part of the standard, for which part of the organisation. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentOrNull, sentText } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import { selectAssignments } from '../../isms/assessment/assignment.ts';
import { assessments, mayBegin, openAssessment, selectProgress } from '../../isms/assessment/assessment.ts';
import { questionBank } from '../../isms/assessment/bank.ts';
import { bankWithSets } from '../../isms/assessment/question-set.ts';
import { criteriaIn, scopeInWords, titleOf, type Scope } from '../../isms/assessment/questions.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { recordButton, room } from './buttons.ts';
import type { interviewOf } from './interview.ts';
import { profileCard, type profileInterview } from './profile.ts';
import { goOnButton, resultsCard } from './results.ts';
import { scopeNamed, type SaidStart } from './said-start.ts';
import { languageOf, sayIn } from '../../language/wording.ts';

export interface Interviews {
  questions: ReturnType<typeof interviewOf>;
  profile: ReturnType<typeof profileInterview>;
} // prettier-ignore

const quickMinutes = 0.4;

/** What can be begun, where that was not said. */
export function startCard({ person }: Context, { covers, unknown }: SaidStart): ReplyParts {
  if (!mayBegin(person))
    throw new Refusal(
      'A gap analysis is begun by the ISMS manager or an admin. Say «what is on my plate?» for what you are asked yourself.',
    );
  const bank = questionBank();
  const quick = criteriaIn(bank, 'quick', []).length;
  const all = criteriaIn(bank, 'all', []).length;
  const values: Record<string, string> = covers === null ? {} : { covers };
  return {
    text: `${unknown === null ? 'How much shall we look at?' : `I know no part called «${unknown}». How much shall we look at?`} The quick scan has ${quick} questions and takes about ${Math.max(1, Math.round(quick * quickMinutes))} minutes; everything has ${all}, which you can share out to colleagues.`,
    buttons: [
      { id: actionId(`${room}.begin`, { scope: 'quick', ...values }), label: 'Quick scan', style: 'primary' },
      { id: actionId(`${room}.part`, values), label: 'One part', opensForm: true },
      { id: actionId(`${room}.begin`, { scope: 'all', ...values }), label: 'Everything' },
    ],
  };
}

/** @throws Refusal for whoever may not begin one */
export async function start(
  tx: Queryable,
  context: Context,
  { questions, profile }: Interviews,
  scope: Scope,
  covers: string | null,
): Promise<Addressed[]> {
  const assessment = await openAssessment(tx, commandOf(context), scope, covers);
  const { id, reference, state } = assessment;
  if (state === 'draft') {
    const known = await profileCard(tx, context, assessment);
    return known === null ? profile.begin(tx, context, reference) : toAsker(known);
  }
  const own = (await selectAssignments(tx, id)).find(
    (each) => each.personId === context.person.id && ['in_progress', 'changes_requested', 'reopened'].includes(each.state),
  );
  return own === undefined
    ? toAsker(await resultsCard(tx, context, assessment))
    : questions.begin(tx, context, String(own.id));
} // prettier-ignore

/** All that the person may see, the newest first. */
export async function listCard(tx: Queryable, { person }: Context): Promise<ReplyParts> {
  const seen = (await assessments.selectSeen(tx, person, 'true')).toReversed().slice(0, 15);
  if (seen.length === 0) return { text: 'There is no gap analysis that you may see yet. Say «gap analysis» to begin one.' };
  const bank = await bankWithSets(tx);
  const progress = await selectProgress(tx, seen.map(({ id }) => id)); // prettier-ignore
  return {
    text: seen.length === 1 ? '1 gap analysis.' : `${seen.length} gap analyses, the newest first.`,
    items: seen.map(({ reference, scope, covers, state, stateAt }) => {
      const { criteria = 0, open = 0 } = progress.find((each) => each.reference === reference) ?? {};
      const how = state === 'in_progress' ? `, ${criteria - open} of ${criteria} answered` : '';
      return {
        text: `${reference} · ${scopeInWords(scope, bank, languageOf(person))}${covers === null ? '' : ` for ${covers}`}`,
        detail: `${state.replaceAll('_', ' ')} since ${dayInWords(dayOf(stateAt, person.timeZone))}${how}`,
        button:
          state === 'draft'
            ? goOnButton({ scope, covers })
            : recordButton('show', 'Look', reference),
      };
    }),
  };
} // prettier-ignore

const chapters = ['4', '5', '6', '7', '8', '9', '10', 'A.5', 'A.6', 'A.7', 'A.8'];

export function startActions(interviews: Interviews): Actions {
  return {
    async [`${room}.begin`](tx, context, { argument }) {
      const scope = await scopeOf(tx, argument('scope'));
      return start(tx, context, interviews, scope, argument('covers') || null);
    },
    [`${room}.list`]: async (tx, context) => toAsker(await listCard(tx, context)),
    ...formCommand(room, 'part', {
      open: async (tx, context, { argument }) => ({
        tx,
        context,
        covers: argument('covers') || null,
        bank: await bankWithSets(tx),
      }),
      lead: () => 'Which part shall we look at?',
      form: ({ context, covers, bank }) => ({
        id: `${room}.send-part`,
        title: 'Gap analysis',
        submitLabel: 'Begin',
        fields: [
          field('part', 'Which part?', 'choice', {
            options: [
              ...bank.themes.map(({ id, title }) => ({
                value: `theme:${id}`,
                label: sayIn(title, languageOf(context.person)),
              })),
              ...chapters
                .filter((part) => criteriaIn(bank, `part:${part}`, []).length > 0)
                .map((part) => ({ value: `part:${part}`, label: `${part} ${titleOf(part)}` })),
            ],
          }),
          field('covers', 'Of which part of the organisation?', 'text', {
            required: false,
            value: covers,
            hint: 'As «the Lyon office». Leave it empty for all of it.',
          }),
        ],
      }),
      at: 'part',
      write: async ({ tx, context }, fields) =>
        start(
          tx,
          context,
          interviews,
          await scopeOf(tx, sentText(fields, 'part')),
          sentOrNull(fields, 'covers'),
        ),
    }),
  };
}

/** Of a button or a form. @throws Refusal for what is no part of the bank */
async function scopeOf(tx: Queryable, said: string): Promise<Scope> {
  const known = said === 'quick' || said === 'all' || /^(theme|part):/.test(said) ? (said as Scope) : scopeNamed(said);
  if (known === null || criteriaIn(await bankWithSets(tx), known, []).length === 0)
    throw new Refusal('Nothing is asked about that part. Say «gap analysis» for what there is.');
  return known;
} // prettier-ignore

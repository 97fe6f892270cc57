/** Beginning to practise: in which role, and for which of the two audits. */
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
import { field, sentText } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import { questionBank } from '../../isms/assessment/bank.ts';
import { selectKnownProfile } from '../../isms/assessment/profile.ts';

import { openInterview, selectInterviewsOf } from '../../isms/mock-audit/interview.ts';
import { leadsMockAudits } from '../../isms/mock-audit/mock-audit.ts';
import { criteriaFor, interviewRoles, roleOf, type Role, type Stage } from '../../isms/mock-audit/roles.ts';
import { describePerson } from '../../records/person.ts';
import { room } from './buttons.ts';
import type { interviewOf } from './interview.ts';
import { languageOf, sayIn } from '../../language/wording.ts';

type Questions = ReturnType<typeof interviewOf>;

const stageLabels = { practice: 'Stage 2: what is done', documents: 'Stage 1: what is written' } as const;

/** Begins at once where both were said. */
export async function practise(
  tx: Queryable,
  context: Context,
  questions: Questions,
  said: { role: Role | null; stage: Stage | null },
): Promise<Addressed[]> {
  const role = said.role ?? roleOf({ ...context.person, ...(await describePerson(tx, context.person.id)) });
  if (said.role !== null && said.stage !== null) return begin(tx, context, questions, role, said.stage);
  return toAsker(await practiseCard(tx, context, questions, role));
}

async function practiseCard(tx: Queryable, context: Context, questions: Questions, role: Role): Promise<ReplyParts> {
  const { person } = context;
  const [open] = (await selectInterviewsOf(tx, person.id, ['in_progress'])).filter(({ mockAuditId }) => mockAuditId === null);
  const stageButton = (stage: Stage, style: 'primary' | 'plain') => ({
    id: actionId(`${room}.begin`, { role: role.id, stage }),
    label: stageLabels[stage],
    style,
  });
  const another = { id: actionId(`${room}.role`, { role: role.id }), label: 'Another role', opensForm: true };
  return {
    text: `I ask what an auditor would ask you, and tell you afterwards what was good and what they would note. Nobody but you reads it.${role.id === 'everyone' ? '' : ` I take your work to be: ${sayIn(role, languageOf(person))}.`}`,
    items: open === undefined ? [] : [{ text: 'You have one that is not finished.', button: questions.resume(String(open.id)) }],
    buttons: [stageButton('practice', 'primary'), stageButton('documents', 'plain'), another],
    aside: leadsMockAudits(person) ? 'To look at records and people as well, say «mock audit of leavers».' : null,
  };
} // prettier-ignore

async function begin(tx: Queryable, context: Context, questions: Questions, role: Role, stage: Stage): Promise<Addressed[]> {
  const { person } = context;
  const before = await selectInterviewsOf(tx, person.id, ['done']);
  const practised = before.flatMap(({ criteria }) => criteria);
  const { tags = [] } = (await selectKnownProfile(tx)) ?? {};
  const criteria = criteriaFor(questionBank(), role, stage, tags, practised);
  if (criteria.length === 0) throw new Refusal('Nothing is asked of that role. Choose another.');
  const personal = { personId: person.id, mockAuditId: null };
  const id = await openInterview(tx, commandOf(context), { ...personal, role: role.id, stage, criteria });
  return questions.begin(tx, context, String(id));
} // prettier-ignore

export function practiseActions(questions: Questions): Actions {
  const roleAt = (id: string) => interviewRoles().find((each) => each.id === id) ?? null;
  const stageAt = (said: string) => (said === 'documents' ? said : 'practice');
  return {
    [`${room}.practise`]: (tx, context) => practise(tx, context, questions, { role: null, stage: null }),
    [`${room}.begin`]: (tx, context, { argument }) =>
      practise(tx, context, questions, { role: roleAt(argument('role')), stage: stageAt(argument('stage')) }),
    ...formCommand(room, 'role', {
      open: async (tx, context, { argument }) => ({ tx, context, role: argument('role') }),
      lead: () => 'What do you do here?',
      form: ({ context, role }) => ({
        id: `${room}.send-role`,
        title: 'Practice interview',
        submitLabel: 'Begin',
        fields: [
          field('role', 'What do you do here?', 'choice', {
            value: roleAt(role)?.id ?? null,
            options: interviewRoles().map((each) => ({ value: each.id, label: sayIn(each, languageOf(context.person)) })),
          }),
          field('stage', 'Which audit?', 'choice', {
            value: 'practice',
            options: Object.entries(stageLabels).map(([value, label]) => ({ value, label })),
          }),
        ],
      }),
      at: 'role',
      write: ({ tx, context }, fields) =>
        practise(tx, context, questions, { role: roleAt(sentText(fields, 'role')), stage: stageAt(sentText(fields, 'stage')) }),
    }),
  };
} // prettier-ignore

/** Practising what an auditor asks, for oneself; and mock audits, which look at records drawn at random and ask people. */
import type { Context, Outcome, Turn, WaitingItem, Workflow } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { evidenceActions } from '../../dialogue/evidence.ts';
import { selectInterviewsOf } from '../../isms/mock-audit/interview.ts';
import { leadsMockAudits, mockAudits } from '../../isms/mock-audit/mock-audit.ts';
import { roleNamed, type Stage } from '../../isms/mock-audit/roles.ts';
import { bareRequest } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { proposalActions } from '../../dialogue/proposal.ts';
import { referenceIn } from '../../records/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { auditActions, auditCard, findAudit, listCard, startAudit } from './audits.ts';
import { recordButton, room } from './buttons.ts';
import { caseActions, caseAnswer } from './cases.ts';
import { coachingActions, ownCard } from './coaching.ts';
import { interviewOf } from './interview.ts';
import { bringFile, listAnswer, withList } from './lists.ts';
import { acceptButton, peopleActions, practisedCard } from './people.ts';
import { practise, practiseActions } from './practise.ts';
import { mockAuditTools } from './tools.ts';

const starts = words('mock-audits/start');
const joints = words('mock-audits/joints');
const stageWords = words('mock-audits/stages');
const roleWords = words('mock-audits/roles');
const states = words('assessments/states');
const lists = words('mock-audits/list');
const mine = words('mock-audits/mine');
const counted = words('mock-audits/counted');

/** Words of a message that asks by a reference, or names what is looked at; a longer one says something. */
const mostWords = 6;

/** «mock audit of leavers», «practise the interview as HR, stage 1»; null for what asks for something else. */
export function readStart(text: string): { role: ReturnType<typeof roleNamed>; stage: Stage | null; about: string } | null {
  const said = bareRequest(text, /[.!]/);
  const begun = starts.begins(said);
  const rest = begun === null ? '' : said.slice(begun.to).trim();
  if (begun === null || said.includes('?') || rest.split(/\s+/).length > mostWords || states.begins(rest) !== null) return null;
  const named = [stageWords.find(rest), roleWords.find(rest)].flatMap((found) => found ?? []);
  let about = named.toSorted((one, other) => other.from - one.from).reduce((left, { from, to }) => `${left.slice(0, from)} ${left.slice(to)}`, rest);
  for (let at = joints.begins(about); at !== null; at = joints.begins(about)) about = about.slice(at.to);
  const stage = stageWords.find(rest)?.meaning;
  return { role: roleNamed(rest), stage: stage === 'documents' || stage === 'practice' ? stage : null, about: about.replace(/^[\s,;:–-]+|[\s,;:–-]+$/g, '') };
} // prettier-ignore

export function createMockAuditWorkflow(parts: Dependencies): Workflow {
  const questions = interviewOf(parts);

  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    const own = (outcome: Outcome) => privately(context, 'a mock audit', outcome);
    if (lists.is(text) !== null) return own(async (tx) => toAsker(await listCard(tx, context)));
    if (mine.is(text) !== null) return own(async (tx) => toAsker(await ownCard(tx, context)));
    if (counted.is(text) !== null) return own(async (tx) => toAsker(await practisedCard(tx, context)));
    const reference = text.trim().split(/\s+/).length > mostWords ? null : referenceIn(text, mockAudits.prefix);
    if (reference !== null && attachments.length === 0)
      return own(async (tx) => auditCard(tx, context, await findAudit(tx, context, reference)));
    const said = readStart(text);
    if (said === null) return null;
    const { about, ...how } = said;
    const isAudit = about !== '' && (how.role === null || attachments.length > 0) && leadsMockAudits(context.person);
    if (!isAudit) return own((tx) => practise(tx, context, questions, how));
    const brought = attachments.length === 0 ? null : await bringFile(parts, context, attachments);
    return own(async (tx) => withList(tx, context, await startAudit(tx, context, about), brought));
  } // prettier-ignore

  /** What is plainly a request of its own answers no question. */
  function unlessClaimed(answers: NonNullable<Workflow['answers']>): typeof answers {
    return Object.fromEntries(
      Object.entries(answers).map(([command, answer]): [string, typeof answer] => [
        command,
        async (context, turn, argument) =>
          turn.text.trim() !== '' && (await claim(context, { ...turn, attachments: [] })) !== null
            ? null
            : answer(context, turn, argument),
      ]),
    );
  }

  return {
    name: room,
    offer: {
      text: 'I practise the auditor’s interview with you; nobody but you reads it.',
      examples: ['mock audit'],
    },
    tools: mockAuditTools(questions),
    instructions: prompt('mock-audit'),
    subject: 'practising an auditor’s interview, and mock audits',
    mayConcern: words('rooms/mock-audit').has,
    actions: {
      ...questions.actions,
      ...practiseActions(questions),
      ...coachingActions(parts),
      ...auditActions,
      ...caseActions,
      ...peopleActions(questions),
      ...proposalActions(room),
      ...evidenceActions(room, parts),
      [`${room}.open-audit`]: async (tx, context, { argument }) =>
        auditCard(tx, context, await startAudit(tx, context, argument('about'))),
    },
    answers: unlessClaimed({
      ...questions.answers,
      [`${room}.case`]: caseAnswer(parts),
      [`${room}.list`]: listAnswer(parts),
    }),
    claim,
    waiting: (context) => waiting(parts.db, context, questions),
  };
}

async function waiting(tx: Queryable, { person }: Context, questions: ReturnType<typeof interviewOf>): Promise<WaitingItem[]> {
  const interviews = await selectInterviewsOf(tx, person.id, ['invited', 'in_progress']);
  const led = await mockAudits.selectWhere(tx, "lead_id = $1 and state in ('draft', 'in_progress', 'in_review')", [person.id]);
  return [
    ...interviews.map((interview) => ({
      text: interview.about === null ? 'Your practice interview' : `An interview about ${interview.about}, for ${interview.reference ?? ''}`,
      detail: interview.state === 'invited' ? 'you are asked to it' : 'not finished; only you read it',
      button: interview.state === 'invited' ? acceptButton(interview) : questions.resume(String(interview.id)),
    })),
    ...led.map(({ reference, about, state }) => ({
      text: `${reference} · mock audit of ${about}`,
      detail: state === 'in_review' ? 'all cases are looked at: make it final' : 'goes on',
      button: recordButton('show', 'Look', reference),
    })),
  ];
} // prettier-ignore

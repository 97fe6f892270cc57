/** Questions that people are asked before they acknowledge a policy: drafted from its text, and approved by whoever answers for it. */
import type {
  ActionHandler,
  Addressed,
  Context,
  Outcome,
  Turn,
  Workflow,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { selectOptionalPolicy, type Policy } from '../../isms/policy-question/policy.ts';
import {
  draftQuestion,
  leadsQuestions,
  policyQuestions,
  putBackChanged,
} from '../../isms/policy-question/policy-question.ts';
import { dayOf } from '../../language/calendar.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { referenceIn } from '../../records/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { cardActions, documentButton, findQuestion, nextCard, questionCard, room } from './cards.ts';
import { draftQuestions, mostDrafted } from './draft.ts';
import { listActions, owedQuestions, questionList, waitingQuestions } from './list.ts';
import { policiesNamed, readWanted } from './said.ts'; // prettier-ignore

/** Words of a message that asks for one by its reference. */
const mostWords = 4;

export function createPolicyQuestionsWorkflow(parts: Dependencies): Workflow {
  const { db, lexicon, hasModel } = parts;

  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    const own = (outcome: Outcome) => privately(context, 'what is asked about policies', outcome);
    const reference = text.trim().split(/\s+/).length > mostWords ? null : referenceIn(text, policyQuestions.prefix);
    if (reference !== null) return own(async (tx) => toAsker(await questionCard(tx, context, await findQuestion(tx, context, reference))));
    const wanted = attachments.length > 0 ? null : readWanted(text);
    if (wanted === null) return null;
    if (wanted.what === 'list') return own((tx) => questionList(tx, context, ''));
    const { what, name } = wanted;
    const found = await policiesNamed(lexicon, db, context, name);
    const [policy] = found;
    const leads = found.some((each) => leadsQuestions.allows(context.person, null, { policy: each }));
    // Whoever leads none of them asks a question about the policy.
    if (what === 'of' && !leads) return null;
    if (policy === undefined)
      return isIsmsManager(context.person)
        ? own(async () => toAsker({ text: `No policy in force is called «${name}». Name it by its title or its reference.` }))
        : null;
    if (found.length > 1)
      return own(async () => toAsker({ text: `Which of them?`, items: found.slice(0, 9).map((each) => ({ text: each.title, detail: each.reference, button: documentButton(what === 'of' ? 'list' : what, 'This one', each.documentId, { opensForm: what === 'add' }) })) }));
    if (what === 'of') return own((tx) => questionList(tx, context, String(policy.documentId)));
    return own((tx) => offered(tx, context, policy, hasModel && what === 'draft' ? intent(policy) : null));
  } // prettier-ignore

  /** The model is asked before anything is written. */
  async function drafting(context: Context, policy: Policy): Promise<ActionHandler> {
    const leads = leadsQuestions.allows(context.person, null, { policy });
    const drafted = leads ? await draftQuestions(parts, context, policy) : null;
    return async (tx) => {
      const { kept, leftOut } = drafted ?? { kept: [], leftOut: 0 };
      const why = drafted === null ? 'The model does not answer now.' : leftOut === 0 ? 'The model found nothing more to ask.' : 'The model drafted nothing that can be shown to stand in the policy.';
      if (kept.length === 0) return offered(tx, context, policy, why);
      for (const { section, text } of kept) await draftQuestion(tx, commandOf(context), { policy, section }, text, 'model');
      const said = `${kept.length} drafted from ${policy.title} (${policy.reference}).${leftOut === 0 ? '' : ` ${leftOut} more left out: the policy does not show them.`}`;
      return asked(await nextCard(tx, context, policy.documentId, said), true);
    };
  } // prettier-ignore

  return {
    name: room,
    offer: {
      text: 'I draft questions from a policy, which you approve before anybody is asked.',
      examples: ['draft questions from the access policy'],
      to: isIsmsManager,
    },
    tools: [],
    claim,
    actions: {
      ...cardActions,
      ...listActions,
      [`${room}.draft`]: {
        async prepare(context, { argument }): Promise<ActionHandler> {
          const id = Number(argument('document'));
          const known = Number.isInteger(id) && id > 0 && id < 2 ** 31;
          const policy = known
            ? await selectOptionalPolicy(db, id, dayOf(context.now, context.person.timeZone))
            : null;
          if (policy === null) throw new Refusal('That policy is not in force any more.');
          return drafting(context, policy);
        },
      },
    },
    due: async (tx, now) => {
      await putBackChanged(tx, now);
      return [];
    },
    waiting: (context) => waitingQuestions(db, context),
    owed: owedQuestions,
  };
}

const intent = ({ title, reference }: Policy) =>
  `I can draft up to ${mostDrafted} questions about ${title} (${reference}) from its text. Nobody is asked one before you approve it.`;

/** A question to be written, by the model or by the person: the same form, empty. @param said  what the model does or did; null without */
async function offered(tx: Queryable, context: Context, policy: Policy, said: string | null): Promise<Addressed[]> {
  await leadsQuestions.refuseUnless(tx, commandOf(context), null, { policy });
  const { title, reference, documentId } = policy;
  return toAsker({
    text: said ?? `Write a question about ${title} (${reference}): what is asked, the right answer, two or three wrong ones, and why.`,
    buttons: [
      ...(said === null ? [] : [documentButton('draft', said === intent(policy) ? 'Draft them' : 'Draft again', documentId, { style: 'primary' })]),
      documentButton('add', 'Write one myself', documentId, { opensForm: true, ...(said === null && { style: 'primary' }) }),
      documentButton('list', 'All of them', documentId),
    ],
  });
} // prettier-ignore

/** «Are we ready for Stage 2?»: the verdict first, then what it rests on, as of any day. */
import {
  actionId,
  type Context,
  type ItemParts,
  type Outcome,
  type Turn,
  type Workflow,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { verdictOf } from '../../isms/readiness/verdict.ts';
import { words } from '../../language/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import { readinessCard, selectStood, verdictInWords } from './card.ts';
import { numbersCard, recordsCard, sendRecords, toList } from './lists.ts';
import { askedIn } from './moment.ts';
import { room } from './phrases.ts';
import { readAsked } from './said.ts';
import { seesAll } from './scope.ts';
import { askOwner, documentsCard, evidenceCard } from './stage-lists.ts';
import { readinessTools } from './tools.ts';

const documents = words('readiness/documents');
const evidence = words('readiness/evidence');
/** Longer words say more than the question. */
const longest = 120;

const noArgument = () => '';

export function createReadinessWorkflow({ db }: Dependencies): Workflow {
  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    if (attachments.length > 0 || text.length > longest) return null;
    const mine = (outcome: Outcome) => privately(context, 'how ready we are', outcome);
    if (documents.is(text) !== null) return mine((tx) => toList(documentsCard(tx, context, noArgument)));
    if (evidence.is(text) !== null) return mine((tx) => toList(evidenceCard(tx, context, noArgument)));
    const { now, person } = context;
    const asked = readAsked(text, { now, timeZone: person.timeZone, locale: person.locale });
    return asked === null ? null : mine(async (tx) => toAsker(await readinessCard(tx, context, asked)));
  }

  return {
    name: room,
    offer: {
      text: 'I count what an audit will ask for, and say whether you are ready, today or on any day.',
      examples: ['Are we ready for the audit?'],
      to: (person) => seesAll(person) || person.roles.includes('manager'),
      first: {
        top_management: { text: 'See whether we are ready for the audit, and what blocks it.', example: 'Are we ready for the audit?' },
        auditor: { text: 'See how ready the organisation is, in counted facts.', example: 'Are we ready for the audit?' },
      },
    },
    tools: readinessTools(db),
    instructions: prompt('readiness'),
    subject: 'whether the organisation is ready for its audit',
    mayConcern: words('rooms/readiness').has,
    claim,
    onHome: (context) => verdictOnHome(db, context),
    actions: {
      [`${room}.show`]: async (tx, context, { argument }) => toAsker(await readinessCard(tx, context, askedIn(argument))),
      [`${room}.facts`]: (tx, context, { argument }) => toList(numbersCard(tx, context, argument)),
      [`${room}.list`]: (tx, context, { argument }) => toList(recordsCard(tx, context, argument)),
      [`${room}.export`]: (tx, context, { argument }) => sendRecords(tx, context, argument),
      [`${room}.documents`]: (tx, context, { argument }) => toList(documentsCard(tx, context, argument)),
      [`${room}.evidence`]: (tx, context, { argument }) => toList(evidenceCard(tx, context, argument)),
      [`${room}.ask`]: (tx, context, { argument }) => askOwner(tx, context, argument),
    },
  };
} // prettier-ignore

/** What blocks, for those who see all of it: nothing that grows with people is counted for it. */
async function verdictOnHome(db: Queryable, context: Context): Promise<ItemParts | null> {
  if (!seesAll(context.person)) return null;
  const parts = ['documents', 'soa', 'audits', 'review', 'nonconformities', 'certification'] as const;
  const stood = await selectStood(db, context, { stage: null, day: null }, { manager: null, parts });
  if ('text' in stood) return null;
  return {
    text: verdictInWords(verdictOf(stood.facts, stood.stage), stood),
    button: { id: actionId(`${room}.show`, {}), label: 'Look' },
  };
}
